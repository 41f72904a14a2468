namespace FastCanary.Control;

/// <content>The process, by the names that Prometheus' own libraries use.</content>
internal sealed partial class MetricsText
{
    private void WriteProcess(MetricsWriter to)
    {
        _process.Read();
        to.Family("process_cpu_seconds_total"u8, "counter"u8, "User and system time of the process, in seconds."u8);
        to.Sample("process_cpu_seconds_total"u8, _process.CpuSeconds);
        to.Family("process_resident_memory_bytes"u8, "gauge"u8, "Memory of the process that is in the machine's, in bytes."u8);
        to.Sample("process_resident_memory_bytes"u8, _process.ResidentBytes);
        to.Family("process_virtual_memory_bytes"u8, "gauge"u8, "Address space of the process, in bytes."u8);
        to.Sample("process_virtual_memory_bytes"u8, _process.VirtualBytes);
        to.Family("process_start_time_seconds"u8, "gauge"u8, "When the process started, in seconds since 1970."u8);
        to.Sample("process_start_time_seconds"u8, _process.StartSeconds);
        to.Family("process_threads"u8, "gauge"u8, "Threads of the process."u8);
        to.Sample("process_threads"u8, _process.Threads);
        if (_process.OpenDescriptors >= 0)
        {
            to.Family("process_open_fds"u8, "gauge"u8, "File descriptors that are open."u8);
            to.Sample("process_open_fds"u8, _process.OpenDescriptors);
            to.Family("process_max_fds"u8, "gauge"u8, "File descriptors that may be open."u8);
            to.Sample("process_max_fds"u8, _process.DescriptorsMax);
        }

        to.Family("dotnet_gc_heap_total_allocated_bytes_total"u8, "counter"u8, "Managed memory that was allocated, in bytes."u8);
        to.Sample("dotnet_gc_heap_total_allocated_bytes_total"u8, GC.GetTotalAllocatedBytes());
        to.Family("dotnet_gc_collections_total"u8, "counter"u8, "Collections of the generation; one of a higher generation is one of the lower ones too."u8);
        to.Sample("dotnet_gc_collections_total"u8, default, default, "generation"u8, "0"u8, GC.CollectionCount(0));
        to.Sample("dotnet_gc_collections_total"u8, default, default, "generation"u8, "1"u8, GC.CollectionCount(1));
        to.Sample("dotnet_gc_collections_total"u8, default, default, "generation"u8, "2"u8, GC.CollectionCount(2));
    }
}
