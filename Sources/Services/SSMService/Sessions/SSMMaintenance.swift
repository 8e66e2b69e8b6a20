import Logging
import ServiceKit
import Storage
import Vocabulary

/// The work of the service that no call waits for, in every account and region that has nodes.
package struct SSMMaintenance: Sendable {
    private let service: SSMService

    init(_ service: SSMService) {
        self.service = service
    }

    /// Notes that a restart has cut every session; to be called once, before the doors open.
    ///
    /// Later, it would take sessions for cut whose ends have come back already. It is for the one server of an
    /// installation: where several share a store, the sessions of the others are not cut.
    package func prepare() async throws {
        for scope in try await scopes() { try await service.serverStarted(in: scope) }
    }

    /// Works once a minute until its task is cancelled.
    package func run() async throws {
        while !Task.isCancelled {
            await step()
            // Cancelled when the server stops.
            try? await Task.sleep(for: .seconds(Limits.maintenancePeriod))
        }
    }

    /// Does once what is due by the clock.
    ///
    /// What fails in one place is reported and tried again at the next step; it holds up no other.
    package func step() async {
        do {
            for scope in try await scopes() {
                do {
                    try await service.maintain(in: scope)
                } catch {
                    report(error)
                }
            }
        } catch {
            report(error)
        }
    }

    private func report(_ error: any Error) {
        service.logger.error("maintenance of sessions", metadata: ["error": "\(error)"])
    }

    private func scopes() async throws -> [Scope] {
        var scopes: [Scope] = []
        var after: RecordKey?
        while true {
            let batch = try await service.store.range(
                .nodeScopes,
                as: String.self,
                after: after,
                limit: Limits.recordBatch
            )
            for entry in batch {
                let names = entry.key.components.suffix(2)
                guard names.count == 2, let first = names.first, let last = names.last else {
                    continue
                }
                scopes.append(
                    Scope(
                        account: try AccountID(parsing: first),
                        region: try Region(parsing: last)
                    )
                )
            }
            guard batch.count == Limits.recordBatch else { return scopes }
            after = batch.last?.key
        }
    }
}

extension SSMService {
    package var maintenance: SSMMaintenance { SSMMaintenance(self) }
}
