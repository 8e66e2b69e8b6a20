// LogsService: CloudWatch Logs. Groups, streams, and events that are sealed and chained from the first one on.

import LogEngine
package import Logging
package import Sealing
package import ServiceKit
package import Storage
package import Vocabulary

/// CloudWatch Logs, API version 2014-03-28.
///
/// Where an event is at any moment, what a crash leaves behind and what a reader sees is told in
/// `docs/formats/log-batch.md`; differences from AWS are numbered in `docs/protocols/logs.md`.
package struct LogsService: AWSService {
    package let signingName = "logs"
    package let wireProtocol = WireProtocol.json11(targetPrefix: "Logs_20140328")
    package let operations: [Operation]

    /// The work behind the scenes: signing, moving batches into blobs, retention. Start it with `run()`.
    package let maintenance: LogsMaintenance

    /// Makes the service; nothing is read or written before the first call.
    ///
    /// - Parameters:
    ///   - log: where batches become durable before they are acknowledged.
    ///   - blobs: where maintenance moves them.
    ///   - serviceKey: what groups without a customer key are sealed under.
    ///   - keys: KMS, asked as `logs.REGION.amazonaws.com`.
    package init(
        store: RecordStore,
        log: any AppendLog,
        blobs: any BlobStore,
        serviceKey: SealingKey,
        keys: any KeyPort,
        authorizer: any Authorizer,
        pageTokens: PageTokens,
        clock: any WallClock,
        entropy: any Entropy,
        logger: Logger
    ) {
        operations = []
        maintenance = LogsMaintenance()
    }
}

/// The work of the log store that no call waits for.
package struct LogsMaintenance: Sendable {
    /// Works until its task is cancelled, and signs the last heads before it returns.
    package func run() async throws {}
}
