using System.Net.Sockets;

namespace FastCanary.LoadTests.Engine;

/// <summary>What every system has. Its work grows with the number of sockets: fine for hundreds.</summary>
internal sealed class SelectPoller : Poller
{
    private readonly Dictionary<Socket, (int Token, bool WantsWrite)> _sockets = [];
    private readonly List<Socket> _read = [];
    private readonly List<Socket> _write = [];

    public override void Add(Socket socket, int token, bool wantsWrite) => _sockets[socket] = (token, wantsWrite);

    public override void Change(Socket socket, int token, bool wantsWrite) => _sockets[socket] = (token, wantsWrite);

    public override void Remove(Socket socket, int token) => _sockets.Remove(socket);

    public override void Wait(double seconds, List<int> ready)
    {
        ready.Clear();
        if (_sockets.Count == 0)
        {
            Thread.Sleep(TimeSpan.FromSeconds(seconds));
            return;
        }

        _read.Clear();
        _write.Clear();
        foreach ((Socket socket, (int _, bool wantsWrite)) in _sockets)
        {
            _read.Add(socket);
            if (wantsWrite) _write.Add(socket);
        }

        Socket.Select(_read, _write, checkError: null, TimeSpan.FromSeconds(seconds));
        foreach (Socket socket in _read) ready.Add(_sockets[socket].Token);
        foreach (Socket socket in _write)
            if (!_read.Contains(socket)) ready.Add(_sockets[socket].Token);
    }
}
