// LogsService: CloudWatch Logs. Groups, streams, and events that are sealed and chained from the first one on.

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

    /// The work behind the scenes, started with `run()`: signing, moving batches into blobs, retention.
    package let maintenance: LogsMaintenance

    /// Makes the service; nothing is read or written before the first call.
    ///
    /// - Parameters:
    ///   - log: where batches become durable before they are acknowledged; for the logs alone.
    ///   - blobs: where maintenance moves them, below `logs/`.
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
        let core = LogsCore(
            store: store,
            log: log,
            blobs: blobs,
            authorizer: authorizer,
            pageTokens: pageTokens,
            clock: clock,
            entropy: entropy,
            logger: logger,
            dataKeys: DataKeys(
                store: store,
                serviceKey: serviceKey,
                keys: keys,
                clock: clock,
                entropy: entropy
            ),
            accountLog: AccountLog(store: store, clock: clock, entropy: entropy)
        )
        maintenance = LogsMaintenance(core: core)
        operations = [
            // Groups
            CreateLogGroup.operation(core), DeleteLogGroup.operation(core),
            DescribeLogGroups.operation(core), PutRetentionPolicy.operation(core),
            DeleteRetentionPolicy.operation(core), AssociateKmsKey.operation(core),
            DisassociateKmsKey.operation(core), PutLogGroupDeletionProtection.operation(core),
            // Streams
            CreateLogStream.operation(core), DeleteLogStream.operation(core),
            DescribeLogStreams.operation(core),
            // Events
            PutLogEvents.operation(core), GetLogEvents.operation(core),
            FilterLogEvents.operation(core),
            // Tags
            TagResource.operation(core), UntagResource.operation(core),
            ListTagsForResource.operation(core), TagLogGroup.operation(core),
            UntagLogGroup.operation(core), ListTagsLogGroup.operation(core),
        ]
    }
}
