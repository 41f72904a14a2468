using FastCanary.Traffic;

namespace FastCanary.Traffic.Tests;

public class StateTableTests
{
    [Fact]
    public void The_same_name_gives_the_same_state()
    {
        var states = new StateTable();
        Assert.Same(states.Service("s"), states.Service("s"));
        Assert.Same(states.Version("s", "v"), states.Version("s", "v"));
        Assert.Same(states.Endpoint("s", "v", "h:1"), states.Endpoint("s", "v", "h:1"));
        Assert.Same(states.Listener(":80", ListenerProtocol.Http), states.Listener(":80", ListenerProtocol.Http));
    }

    [Fact]
    public void Different_names_give_different_states_with_dense_ids()
    {
        var states = new StateTable();
        EndpointState[] endpoints =
            [states.Endpoint("s", "v", "h:1"), states.Endpoint("s", "w", "h:1"), states.Endpoint("t", "v", "h:1"), states.Endpoint("s", "v", "h:2")];
        Assert.Equal([0, 1, 2, 3], endpoints.Select(endpoint => endpoint.Id));
        Assert.Equal("t/v/h:1", endpoints[2].Key);
        ListenerState[] listeners = [states.Listener(":80", ListenerProtocol.Http), states.Listener(":80", ListenerProtocol.Tcp), states.Listener(":81", ListenerProtocol.Tcp)];
        Assert.Equal([0, 1, 2], listeners.Select(listener => listener.Id));
        Assert.NotSame(states.Version("s", "v"), states.Version("t", "v"));
        Assert.Equal(4, states.Endpoint("s", "v", "h:3").Id);
    }
}
