using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FastCanary.EndToEnd.Tests.Kit;

/// <summary>An https server at 127.0.0.1 that answers everything with 200, and whose certificate is of an authority of its own.</summary>
internal sealed class TlsOrigin : IDisposable
{
    private const int StackBytes = 512 * 1024;

    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _certificate;
    private readonly OriginListener _listener;
    private int _refused;

    public TlsOrigin()
    {
        (_authority, _certificate) = Issue();
        _listener = new OriginListener(port: 0, StackBytes, Serve);
    }

    public int Port => _listener.Port;

    /// <summary>The requests that came, head and body.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Connections that ended without a request: the client did not take the certificate.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>The authority's certificate, as a client's trust store has it.</summary>
    public string AuthorityPem => _authority.ExportCertificatePem();

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
        _authority.Dispose();
    }

    private static (X509Certificate2 Authority, X509Certificate2 Certificate) Issue()
    {
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority of a test", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        var authority = request.CreateSelfSigned(from, to);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        request = new CertificateRequest("CN=origin of a test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(authority, from, to, [1]);
        return (authority, bare.CopyWithPrivateKey(key));
    }

    private void Serve(Socket socket)
    {
        using var tls = new SslStream(new NetworkStream(socket));
        var isAsked = false;
        try
        {
            // A client that checks the certificate behind the handshake lets it come to its end, and goes.
            tls.AuthenticateAsServer(_certificate);
            using var reader = new StreamReader(tls, Encoding.ASCII);
            while (ReadRequest(reader) is { } request)
            {
                isAsked = true;
                Requests.Enqueue(request);
                tls.Write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8);
            }
        }
        catch (AuthenticationException)
        {
            // As good as gone.
        }
        finally
        {
            if (!isAsked) Interlocked.Increment(ref _refused);
        }
    }

    private static string? ReadRequest(StreamReader reader)
    {
        var text = new StringBuilder();
        var length = 0;
        while (reader.ReadLine() is { } line)
        {
            text.Append(line).Append('\n');
            if (line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase)) length = int.Parse(line.AsSpan(16), CultureInfo.InvariantCulture);
            if (line.Length > 0) continue;
            var body = new char[length];
            return reader.ReadBlock(body) == length ? text.Append(body).ToString() : null;
        }

        return null;
    }
}
