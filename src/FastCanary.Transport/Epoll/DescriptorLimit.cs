namespace FastCanary.Transport.Epoll;

/// <summary>How many descriptors this process may open: two for each client that waits for its answer.</summary>
public static class DescriptorLimit
{
    /// <summary>Raises the soft limit to the hard one, as nginx and HAProxy do; the hard one is the operator's word.</summary>
    /// <returns>The limit that holds now; 0 where the system does not tell.</returns>
    public static unsafe long Raise()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        Libc.ResourceLimit limit;
        if (Libc.GetResourceLimit(Libc.DescriptorsResource, &limit) != 0) return 0;
        if (limit.Soft < limit.Hard)
        {
            var raised = new Libc.ResourceLimit { Soft = limit.Hard, Hard = limit.Hard };
            if (Libc.SetResourceLimit(Libc.DescriptorsResource, &raised) == 0) return (long)raised.Soft;
        }

        return (long)limit.Soft;
    }
}
