using System.IO.Pipelines;
using FastCanary.Http;
using FastCanary.Transport;

namespace FastCanary.Control;

/// <summary>
/// One connection to the admin API for its whole life: reads a request, has it answered, sends the answer, and begins anew. What was sent ahead waits its turn in the
/// kernel's buffer. <see cref="RunAsync"/> is the flow, and awaits; whatever it decides by is a method that does not. Loop's thread only, but for <see cref="SetCalled"/>.
/// </summary>
internal sealed partial class AdminSession(AdminServer server, Connection client)
{
    // A call has no deadline of its own: a change that was begun is answered when it is done. The wait needs one, and looks again.
    private const int CallWaitMs = 3_600_000;

    private readonly RequestHead _head = new();
    private LoopWait? _wait;
    private AdminAnswer? _answer;
    private AdminAnswer? _called;
    private bool _closesGracefully;

    /// <summary>The request under way.</summary>
    public AdminRequest? Request { get; private set; }

    public async LoopTask RunAsync()
    {
        try
        {
            client.SetDeadline(server.Limits.HeadTimeoutMs);
            while (true)
            {
                BeginRequest();
                AdminStep step;
                do
                {
                    client.IsIdle = !_head.HasStarted;
                    step = TakeHead(await client.Input.ReceiveAsync());
                }
                while (step == AdminStep.ReadHead);
                while (step == AdminStep.ReadBody) step = TakeBody(await client.Input.ReceiveAsync());
                while (step == AdminStep.Call)
                {
                    BeginCall();
                    step = AfterCall(await _wait!);
                }

                if (step == AdminStep.Close) return;
                BeginAnswer();
                var sent = true;
                while (sent && HasUnsent)
                {
                    client.SetDeadline(server.Limits.SendTimeoutMs);
                    sent = WasTaken(await client.Output.SendAsync(NextPiece()));
                }

                if (!sent || !EndAnswer()) return;
            }
        }
#pragma warning disable CA1031 // A bug in one session ends that session, is reported, and spares the others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            server.ReportBug(e);
            client.Abort();
        }
        finally
        {
            if (_answer is { } unsent) server.Forget(unsent);
            if (!_closesGracefully) client.Close();
        }
    }

    /// <summary>The call has its answer. By the thread that made it, ahead of <see cref="OnCalled"/> on the loop.</summary>
    public void SetCalled(AdminAnswer answer) => Volatile.Write(ref _called, answer);

    /// <summary>Resumes the session after <see cref="SetCalled"/>.</summary>
    public void OnCalled() => _wait!.Signal();

    private void BeginCall()
    {
        var begins = _wait is null || !_isCalling;
        _wait ??= new LoopWait(client.Loop);
        _wait.Begin(CallWaitMs);
        if (!begins) return;
        _isCalling = true;
        client.ClearDeadline();
        server.Begin(this);
    }

    private AdminStep AfterCall(LoopWaitResult result)
    {
        if (Volatile.Read(ref _called) is { } answer)
        {
            _called = null;
            _isCalling = false;
            return TakeAnswer(answer);
        }

        return result == LoopWaitResult.Cancelled ? AdminStep.Close : AdminStep.Call;
    }
}
