import Testing

@testable import SSMService

@Suite("The state of a session")
struct SessionStateTests {
    @Test(
        arguments: [
            //            attached       clientLost      endRequested   completed     failed
            (.created, [.connected, .disconnected, .terminating, .terminated, .failed]),
            (.connected, [.connected, .disconnected, .terminating, .terminated, .failed]),
            (.disconnected, [.connected, .disconnected, .terminating, .terminated, .failed]),
            (.terminating, [.terminating, .terminating, .terminating, .terminated, .failed]),
            (.terminated, [.terminated, .terminated, .terminated, .terminated, .terminated]),
            (.failed, [.failed, .failed, .failed, .failed, .failed]),
        ] as [(SessionState, [SessionState])]
    )
    func `after each event`(state: SessionState, expected: [SessionState]) {
        #expect(SessionState.Event.allCases.map(state.after) == expected)
    }

    @Test func `has AWS's word for each`() {
        #expect(
            SessionState.allCases.map(\.status) == [
                "Connecting", "Connected", "Disconnected", "Terminating", "Terminated", "Failed",
            ]
        )
    }

    @Test func `an end is final, whatever is reported after it, and however often`() {
        for ended in [SessionState.terminated, .failed] {
            for first in SessionState.Event.allCases {
                for second in SessionState.Event.allCases {
                    #expect(ended.after(first).after(second) == ended)
                }
            }
        }
    }
}
