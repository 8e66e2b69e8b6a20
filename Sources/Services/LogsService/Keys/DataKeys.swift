import FoundationEssentials
import LogEngine
import Sealing
import ServiceKit
import Storage
import Synchronization
import Vocabulary

/// A data key as it is kept: what KMS gave to keep, or nothing where the service's own key makes it.
struct DataKeyRecord: Codable, Sendable {
    var id: String
    var creationTime: Int64
    /// The customer key, for a group that has one.
    var kmsKeyID: String?
    /// The data key under the customer key.
    var ciphertext: Data?
}

/// The keys that batches are sealed under: who has asked KMS lately, and what it said.
///
/// A data key serves one hour or 2³² seals, then the next write makes another one. Under a customer key
/// nothing is sealed or opened unless KMS said yes less than five seconds ago, though the opened key is at
/// hand: so a disabled key, or a policy that no longer lets us, stops writing and reading, and enabling it
/// brings both back. Refusals are not remembered.
final class DataKeys: Sendable {
    private struct Opened {
        let key: SealingKey
        let record: DataKeyRecord
    }

    private struct Current {
        let opened: Opened
        let made: Date
        var seals: UInt64
    }

    private struct Answer: Hashable {
        let group: LogGroupID
        let kmsKeyID: String
    }

    private struct State {
        var current: [LogGroupID: Current] = [:]
        var opened: [String: Opened] = [:]
        var answers: [Answer: Date] = [:]
    }

    private let store: RecordStore
    private let serviceKey: SealingKey
    private let keys: any KeyPort
    private let clock: any WallClock
    private let entropy: any Entropy
    private let state = Mutex(State())

    init(
        store: RecordStore,
        serviceKey: SealingKey,
        keys: any KeyPort,
        clock: any WallClock,
        entropy: any Entropy
    ) {
        self.store = store
        self.serviceKey = serviceKey
        self.keys = keys
        self.clock = clock
        self.entropy = entropy
    }

    // MARK: Association

    /// Asks KMS for a data key, as the first write will; throws the fault for the caller if it refuses.
    func probe(_ key: String, group name: String, in context: OperationContext) async throws {
        _ = try await generate(key, name, context)
    }

    // MARK: Sealing

    /// The key for one more batch of the group.
    func forSealing(
        _ group: Stored<LogGroup>,
        in context: OperationContext
    ) async throws -> (id: String, key: SealingKey) {
        let groupID = try group.value.groupID
        if let opened = takeCurrent(groupID, kmsKeyID: group.value.kmsKeyID) {
            try await confirm(opened.record, groupID, group.value.name, context)
            return (opened.record.id, opened.key)
        }
        let opened = try await make(group, groupID, context)
        return (opened.record.id, opened.key)
    }

    /// The current key if it may seal once more, with that seal counted.
    private func takeCurrent(_ group: LogGroupID, kmsKeyID: String?) -> Opened? {
        let now = clock.now()
        return state.withLock { state in
            guard var current = state.current[group],
                current.opened.record.kmsKeyID == kmsKeyID,
                Self.isFresh(current.made, now, within: Limits.Logs.dataKeySeconds),
                current.seals < Limits.Logs.dataKeySeals
            else { return nil }
            current.seals += 1
            state.current[group] = current
            return current.opened
        }
    }

    private func make(
        _ group: Stored<LogGroup>,
        _ groupID: LogGroupID,
        _ context: OperationContext
    ) async throws -> Opened {
        let now = clock.now()
        var record = DataKeyRecord(
            id: entropy.hexDigits(32),
            creationTime: Int64(now.timeIntervalSince1970 * 1000)
        )
        let key: SealingKey
        if let kmsKeyID = group.value.kmsKeyID {
            let dataKey = try await generate(kmsKeyID, group.value.name, context)
            record.kmsKeyID = kmsKeyID
            record.ciphertext = Data(dataKey.ciphertext)
            key = SealingKey(dataKey.plaintext)
            answered(Answer(group: groupID, kmsKeyID: kmsKeyID), at: now)
        } else {
            key = ownKey(record.id, groupID)
        }
        // Durable before the first batch under it, and only while the group is what we read.
        let recordKey = LogsKey.dataKey(context.scope, groupID, record.id)
        try await store.commit(
            RecordTransaction(
                conditions: [.unchanged(group.key, group.revision), .absent(recordKey)],
                changes: [try store.put(recordKey, record)]
            )
        )
        let opened = Opened(key: key, record: record)
        state.withLock { state in
            Self.keepBounded(&state.opened)
            state.opened[record.id] = opened
            if state.current.count >= Limits.Logs.openedDataKeys { state.current = [:] }
            state.current[groupID] = Current(opened: opened, made: now, seals: 1)
        }
        return opened
    }

    // MARK: Opening

    /// The key that a batch of the group was sealed under.
    func forOpening(
        _ id: String,
        of group: LogGroup,
        in context: OperationContext
    ) async throws -> SealingKey {
        let groupID = try group.groupID
        if let opened = state.withLock({ $0.opened[id] }) {
            try await confirm(opened.record, groupID, group.name, context)
            return opened.key
        }
        let recordKey = LogsKey.dataKey(context.scope, groupID, id)
        guard let record = try await store.get(recordKey, as: DataKeyRecord.self)?.value else {
            throw StorageError.corrupt("the data key \(id) of log group \(group.name) is missing")
        }
        let key: SealingKey
        if record.kmsKeyID != nil {
            key = SealingKey(try await decrypt(record, groupID, group.name, context))
        } else {
            key = ownKey(id, groupID)
        }
        state.withLock { state in
            Self.keepBounded(&state.opened)
            state.opened[id] = Opened(key: key, record: record)
        }
        return key
    }

    // MARK: Asking KMS

    /// Makes sure that KMS has lately said yes to this customer key for this group.
    private func confirm(
        _ record: DataKeyRecord,
        _ group: LogGroupID,
        _ name: String,
        _ context: OperationContext
    ) async throws {
        guard let kmsKeyID = record.kmsKeyID else { return }
        let answer = Answer(group: group, kmsKeyID: kmsKeyID)
        let last = state.withLock { $0.answers[answer] }
        if let last, Self.isFresh(last, clock.now(), within: Limits.Logs.keyAnswerSeconds) {
            return
        }
        _ = try await decrypt(record, group, name, context)
    }

    private func decrypt(
        _ record: DataKeyRecord,
        _ group: LogGroupID,
        _ name: String,
        _ context: OperationContext
    ) async throws -> Secret {
        guard let kmsKeyID = record.kmsKeyID, let ciphertext = record.ciphertext else {
            throw StorageError.corrupt("the data key \(record.id) has no ciphertext")
        }
        // The time before asking: what changes while KMS answers must not be trusted for longer.
        let asked = clock.now()
        let arn = LogGroupARN(context.scope, name)
        do {
            let secret = try await keys.decrypt(
                Array(ciphertext),
                encryptionContext: Self.encryptionContext(arn),
                in: asService("kms:Decrypt", context)
            )
            guard secret.count == SealingKey.length else {
                throw StorageError.corrupt("the data key \(record.id) has a wrong length")
            }
            answered(Answer(group: group, kmsKeyID: kmsKeyID), at: asked)
            return secret
        } catch let fault as ServiceFault {
            throw KeyRefusal.fault(fault, key: kmsKeyID, group: arn)
        }
    }

    private func generate(
        _ key: String,
        _ name: String,
        _ context: OperationContext
    ) async throws -> DataKey {
        let arn = LogGroupARN(context.scope, name)
        do {
            return try await keys.generateDataKey(
                key: key,
                encryptionContext: Self.encryptionContext(arn),
                in: asService("kms:GenerateDataKey", context)
            )
        } catch let fault as ServiceFault {
            throw KeyRefusal.fault(fault, key: key, group: arn)
        }
    }

    private static func encryptionContext(_ arn: LogGroupARN) -> [String: String] {
        ["aws:logs:arn": arn.plain.description]
    }

    private func asService(_ operation: String, _ context: OperationContext) -> OperationContext {
        context.acting(
            as: "logs.\(context.scope.region).amazonaws.com",
            operation: operation,
            entropy: entropy,
            now: clock.now()
        )
    }

    // MARK: Remembering

    private func answered(_ answer: Answer, at time: Date) {
        state.withLock { state in
            if state.answers.count >= Limits.Logs.openedDataKeys { state.answers = [:] }
            state.answers[answer] = time
        }
    }

    /// The service's own key for one data key id of one group.
    private func ownKey(_ id: String, _ group: LogGroupID) -> SealingKey {
        serviceKey.derived(for: "log data key \(group)", salt: Array(id.utf8))
    }

    /// Whether a time is past by less than so many seconds; a clock that went back makes nothing fresh.
    private static func isFresh(_ time: Date, _ now: Date, within seconds: TimeInterval) -> Bool {
        (0..<seconds).contains(now.timeIntervalSince(time))
    }

    private static func keepBounded(_ opened: inout [String: Opened]) {
        if opened.count >= Limits.Logs.openedDataKeys { opened = [:] }
    }
}
