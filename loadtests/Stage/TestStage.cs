using System.Net;
using FastCanary.LoadTests.Engine;

namespace FastCanary.LoadTests.Stage;

/// <summary>Where a scenario plays: a FastCanary, and what of its surroundings is in our hands.</summary>
internal sealed class TestStage : IAsyncDisposable
{
    private static readonly VersionNames None = new();

    private readonly TestTarget? _target;
    private string? _folder;

    private TestStage(IPEndPoint http, TestTarget? target = null) => (Http, _target) = (http, target);

    /// <summary>Where requests go.</summary>
    public IPEndPoint Http { get; }

    /// <summary>Where TCP connections go.</summary>
    public IPEndPoint? Tcp { get; private init; }

    public AdminClient? Admin { get; private init; }

    public Origins? Origins { get; private set; }

    public ProxyProcess? Process { get; private set; }

    /// <summary>What the file says; null where the file is not ours.</summary>
    public StageConfiguration? Configuration { get; private set; }

    /// <summary>What there is.</summary>
    public Needs Offers =>
        (Admin is null ? Needs.None : Needs.Admin) | (Origins is null ? Needs.None : Needs.Origins | Needs.Service) | (_target?.Service is null ? Needs.None : Needs.Service)
        | (Process is null ? Needs.None : Needs.Process | Needs.File) | (Tcp is null ? Needs.None : Needs.Tcp);

    /// <summary>Starts endpoints and the binary, on free ports of the loopback address and in a temporary folder.</summary>
    /// <param name="binary">FastCanary's.</param>
    /// <exception cref="InvalidOperationException">FastCanary does not start; the message has its log.</exception>
    public static async Task<TestStage> StartAsync(string binary)
    {
        IPEndPoint Free() => new(IPAddress.Loopback, Ports.Free());
        var addresses = new OriginAddresses(Free(), Free(), Free(), Free(), Free(), Free(), Free(), Free());
        var configuration = new StageConfiguration { Http = Free(), Tcp = Free(), Admin = Free(), Origins = addresses };
        var stage = new TestStage(configuration.Http)
        {
            Tcp = configuration.Tcp,
            Admin = new AdminClient(new Uri($"http://{configuration.Admin}"), token: null),
            Origins = new Origins(addresses),
            _folder = Directory.CreateTempSubdirectory("fastcanary-load-").FullName,
        };
        try
        {
            stage.Write(configuration);
            stage.Process = new ProxyProcess(binary, stage.ConfigurationPath);
            for (int i = 0; !await stage.Admin.IsReadyAsync(); i++)
            {
                if (stage.Process.HasExited || i == 300) throw new InvalidOperationException($"FastCanary ({binary}) does not start:\n{string.Join('\n', stage.Process.Log)}");
                await Task.Delay(50);
            }

            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Uses a FastCanary that runs, with endpoints of ours where its configuration is the one for scenarios.</summary>
    public static TestStage Attach(TestTarget target) => new(target.Http, target)
    {
        Tcp = target.Tcp,
        Admin = target.Admin is null ? null : new AdminClient(target.Admin, target.Token),
        Origins = target.Origins is null ? null : new Origins(target.Origins),
    };

    /// <summary>How a service is reached.</summary>
    /// <param name="name">One of <see cref="Services"/>; on a target whose endpoints are not ours, the service that the command line names.</param>
    public async Task<ServiceUnderTest> ServiceAsync(string name)
    {
        if (Origins is null && _target?.Service is null) return new ServiceUnderTest(name, _target!.Host, _target.Path, None);
        string service = Origins is null ? _target!.Service! : name;
        Dictionary<string, int> weights = Admin is null ? [] : await Admin.WeightsAsync(service);
        return Origins is null ? new ServiceUnderTest(service, _target!.Host, _target.Path, new VersionNames([.. weights.Keys])) : new ServiceUnderTest(service, Services.HostOf(service), "/", new VersionNames([.. weights.Keys]));
    }

    /// <summary>Writes the configuration file, as a careful editor does: another file, renamed over it. FastCanary notices by itself.</summary>
    public void Write(StageConfiguration configuration)
    {
        Write(configuration.ToYaml());
        Configuration = configuration;
    }

    /// <summary>Writes the same way what is no configuration.</summary>
    public void Write(string broken)
    {
        string other = ConfigurationPath + ".new";
        File.WriteAllText(other, broken);
        File.Move(other, ConfigurationPath, overwrite: true);
    }

    public ValueTask DisposeAsync()
    {
        Process?.Dispose();
        Origins?.Dispose();
        Admin?.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private string ConfigurationPath => Path.Combine(_folder ?? throw new InvalidOperationException("the configuration file is not ours"), "fastcanary.yaml");
}
