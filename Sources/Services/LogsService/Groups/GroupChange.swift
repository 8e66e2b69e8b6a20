import ServiceKit
import Storage

/// A change to one group: authorized, made in one transaction with its audit record, tried again on conflict.
struct GroupChange {
    let core: LogsCore
    let action: String

    func make(
        _ name: String,
        requestTags: [String: String] = [:],
        _ context: OperationContext,
        change: (inout LogGroup) throws -> Void
    ) async throws -> EmptyOutput {
        context.audit.noted("logGroupName", name)
        try await core.authorize(action, group: name, requestTags: requestTags, in: context)
        try await core.retrying {
            let group = try await core.group(name, in: context)
            var changed = group.value
            try change(&changed)
            try await core.store.commit(
                RecordTransaction(
                    conditions: [.unchanged(group.key, group.revision)],
                    changes: [try core.store.put(group.key, changed)]
                ),
                auditing: context
            )
        }
        return EmptyOutput()
    }
}
