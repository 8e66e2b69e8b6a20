import FoundationEssentials
import LogEngine
import Logging
import Sealing
import ServiceKit
import Storage
import Vocabulary

/// What all operations of Logs share.
struct LogsCore: Sendable {
    let store: RecordStore
    let log: any AppendLog
    let blobs: any BlobStore
    let authorizer: any Authorizer
    let pageTokens: PageTokens
    let clock: any WallClock
    let entropy: any Entropy
    let logger: Logger
    let dataKeys: DataKeys
    let accountLog: AccountLog
    let lanes = StreamLanes()
    let fence = LogFence()
    let spans = GroupSpans()
    let appended = AppendedBytes()

    /// Milliseconds since 1970.
    var now: Int64 { Int64((clock.now().timeIntervalSince1970 * 1000).rounded(.down)) }

    /// An operation whose storage errors come out as faults of Logs.
    func operation<Input: Decodable & Sendable, Output: Encodable & Sendable>(
        _ name: String,
        _ body: @escaping @Sendable (Input, OperationContext) async throws -> Output
    ) -> Operation {
        Operation(name) { [logger] (input: Input, context) in
            do {
                return try await body(input, context)
            } catch let error as StorageError {
                logger.error(
                    "storage failed an operation",
                    metadata: [
                        "operation": "\(name)", "requestID": "\(context.requestID)",
                        "error": "\(error)",
                    ]
                )
                throw LogsFault.storage(error)
            }
        }
    }

    /// Reads and decides again while others change what the decision rests on.
    func retrying<Value>(_ attempt: () async throws -> Value) async throws -> Value {
        for _ in 1..<Limits.Logs.commitAttempts {
            do {
                return try await attempt()
            } catch StorageError.conflict(let key) {
                if key == LogsKey.fence { fence.forget() }
            }
        }
        return try await attempt()
    }

    // MARK: Finding

    func group(_ name: String, in context: OperationContext) async throws -> Stored<LogGroup> {
        guard
            let group = try await store.get(
                LogsKey.group(context.scope, name),
                as: LogGroup.self
            )
        else { throw LogsFault.groupNotFound }
        return group
    }

    func stream(
        _ name: String,
        of group: LogGroup,
        in context: OperationContext
    ) async throws -> Stored<LogStream> {
        let key = LogsKey.stream(context.scope, try group.groupID, name)
        guard let stream = try await store.get(key, as: LogStream.self) else {
            throw LogsFault.streamNotFound
        }
        return stream
    }

    // MARK: Authorizing

    /// Asks whether the caller may act on a group; its tags are among what policies may ask about.
    func authorize(
        _ action: String,
        group name: String,
        requestTags: [String: String] = [:],
        in context: OperationContext
    ) async throws {
        let arn = LogGroupARN(context.scope, name)
        context.audit.touched(arn.plain)
        try await authorizer.authorize(
            AuthorizationRequest(
                action,
                on: arn.action.description,
                conditionValues: try await conditions(name, requestTags, context),
                alsoKnownAs: [arn.plain.description, arn.wildcard.description]
            ),
            in: context
        )
    }

    /// Asks whether the caller may act on a stream.
    func authorize(
        _ action: String,
        stream: String,
        of name: String,
        in context: OperationContext
    ) async throws {
        let arn = LogGroupARN(context.scope, name).stream(stream)
        context.audit.touched(arn)
        try await authorizer.authorize(
            AuthorizationRequest(
                action,
                on: arn.description,
                conditionValues: try await conditions(name, [:], context)
            ),
            in: context
        )
    }

    private func conditions(
        _ name: String,
        _ requestTags: [String: String],
        _ context: OperationContext
    ) async throws -> [String: [String]] {
        var values: [String: [String]] = [:]
        let key = LogsKey.group(context.scope, name)
        for (key, value) in try await store.get(key, as: LogGroup.self)?.value.tags ?? [:] {
            values["aws:ResourceTag/\(key)"] = [value]
        }
        for (key, value) in requestTags { values["aws:RequestTag/\(key)"] = [value] }
        if !requestTags.isEmpty { values["aws:TagKeys"] = requestTags.keys.sorted() }
        return values
    }
}

extension LogGroup {
    /// The id as a type; a record that holds anything else is damaged.
    var groupID: LogGroupID {
        get throws(StorageError) {
            guard let id = LogGroupID(id) else { throw .corrupt("log group \(name) has no id") }
            return id
        }
    }
}

extension LogStream {
    /// The root as a digest; a record that holds anything else is damaged.
    var rootDigest: LogDigest {
        get throws(StorageError) {
            guard let digest = LogDigest(hex: root) else {
                throw .corrupt("log stream \(name) has no root")
            }
            return digest
        }
    }
}
