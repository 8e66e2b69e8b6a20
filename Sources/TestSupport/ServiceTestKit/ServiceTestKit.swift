// ServiceTestKit: what the test of an operation needs around it. A caller, an authorizer that follows a
// script, a store in memory.

import FoundationEssentials
package import Sealing
package import ServiceKit
package import Simulation
package import Storage
import Synchronization
package import Vocabulary

/// An authorizer that allows everything but what it is told to refuse, and remembers what it was asked.
package final class ScriptedAuthorizer: Authorizer {
    private struct State {
        var refused: Set<String> = []
        var asked: [AuthorizationRequest] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var asked: [AuthorizationRequest] { state.withLock { $0.asked } }

    package func refuse(_ action: String) {
        state.withLock { _ = $0.refused.insert(action) }
    }

    package func authorize(
        _ request: AuthorizationRequest,
        in context: OperationContext
    ) async throws {
        let isRefused = state.withLock { state in
            state.asked.append(request)
            return state.refused.contains(request.action)
        }
        guard isRefused else { return }
        throw ServiceFault(
            "AccessDeniedException",
            "User: \(context.principal.displayName) is not authorized to perform: "
                + "\(request.action) on resource: \(request.resource) because no identity-based "
                + "policy allows the \(request.action) action"
        )
    }
}

/// The surroundings of one service under test.
package struct TestBench: Sendable {
    package let clock = ManualClock()
    package let entropy = SeededEntropy()
    package let engines = StorageEngines.inMemory()
    package let authorizer = ScriptedAuthorizer()
    package let scope: Scope
    package let sealingKey: SealingKey

    package init() throws {
        scope = Scope(
            account: try AccountID(parsing: "111122223333"),
            region: try Region(parsing: "us-east-1")
        )
        sealingKey = SealingKey(Secret([UInt8](repeating: 7, count: SealingKey.length)))
    }

    package var store: RecordStore {
        RecordStore(records: engines.records, key: sealingKey, entropy: entropy)
    }

    package var pageTokens: PageTokens {
        PageTokens(key: sealingKey.derived(for: "page tokens"), clock: clock, entropy: entropy)
    }

    /// The context of a call by the user of that name.
    package func context(_ operation: String, user: String = "alice") -> OperationContext {
        OperationContext(
            requestID: entropy.uuid(),
            scope: scope,
            principal: .user(
                arn: scope.globalARN(service: "iam", resource: "user/\(user)"),
                userID: "AIDA" + user.uppercased(),
                name: user
            ),
            accessKeyID: "AKIAIOSFODNN7EXAMPLE",
            operation: operation,
            receivedAt: clock.now(),
            sourceAddress: "127.0.0.1"
        )
    }
}
