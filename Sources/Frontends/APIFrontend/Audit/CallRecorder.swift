import FoundationEssentials
import Logging
import ServiceKit
import Synchronization
import Vocabulary

/// Writes the audit records of calls that their operations have not written.
///
/// What a known principal does has its own record, always, and so has what succeeds. Refused calls of unknown
/// callers have one as `RefusedCalls` decides; the others are counted, and written down as summaries every minute
/// and when the server stops. A class, since all connections are counted by the same one.
final class CallRecorder: Sendable {
    private let trail: AuditTrail
    /// Where summaries are recorded: the installation's account and home region.
    private let home: Scope
    private let clock: any WallClock
    private let entropy: any Entropy
    private let metrics: Metrics
    private let logger: Logger
    private let refused: Mutex<RefusedCalls>

    init(
        trail: AuditTrail,
        home: Scope,
        clock: any WallClock,
        entropy: any Entropy,
        metrics: Metrics,
        logger: Logger
    ) {
        self.trail = trail
        self.home = home
        self.clock = clock
        self.entropy = entropy
        self.metrics = metrics
        self.logger = logger
        refused = Mutex(RefusedCalls(now: clock.now()))
    }

    /// Records a call with the fault it ended in, if it is not recorded yet.
    func finish(_ context: OperationContext, fault: ServiceFault?) async throws {
        if let fault, case .anonymous = context.principal, !context.audit.isWritten {
            let kind = RefusedCalls.Kind(
                eventSource: context.audit.record(of: context).eventSource,
                errorCode: fault.code
            )
            let isRecorded = refused.withLock {
                $0.isRecorded(
                    kind,
                    from: CallSource(address: context.sourceAddress),
                    at: context.receivedAt
                )
            }
            guard isRecorded else { return metrics.refusalCounted() }
        }
        try await trail.finish(context, fault: fault)
    }

    /// Writes summaries until the task is cancelled; the last ones are its caller's to ask for.
    func run() async {
        while !Task.isCancelled {
            // Cancelled when the server stops.
            try? await Task.sleep(for: .seconds(Limits.refusedCallSummarySeconds))
            if !Task.isCancelled { await writeSummaries(Limits.refusedCallSummaries) }
        }
    }

    /// Writes up to `most` summaries; what the store refuses is kept for the next time.
    func writeSummaries(_ most: Int = .max) async {
        let now = clock.now()
        let summaries = refused.withLock { $0.takeSummaries(most, at: now) }
        for summary in summaries {
            do {
                try await record(summary, at: now)
            } catch {
                logger.error(
                    "summary of refused calls not recorded",
                    metadata: ["error": .string(String(describing: error))]
                )
                refused.withLock { $0.putBack(summary, at: now) }
            }
        }
    }

    private func record(_ summary: RefusedCalls.Summary, at now: Date) async throws {
        let context = OperationContext(
            requestID: entropy.uuid(),
            scope: home,
            principal: .anonymous,
            operation: "sekisho:RefusedCalls",
            receivedAt: now,
            sourceAddress: summary.source?.description
        )
        let (from, to) = (summary.first.formatted(.iso8601), summary.last.formatted(.iso8601))
        context.audit.noted("calls", "\(summary.calls)")
        context.audit.noted("from", from)
        context.audit.noted("to", to)
        for (kind, count) in summary.counts { context.audit.noted(kind.description, "\(count)") }
        let whence = summary.source?.description ?? "further addresses"
        let sentence =
            "\(summary.calls) refused calls from \(whence) between \(from) and \(to) have no record of "
            + "their own."
        try await trail.finish(context, fault: ServiceFault("RefusedCalls", sentence))
    }
}
