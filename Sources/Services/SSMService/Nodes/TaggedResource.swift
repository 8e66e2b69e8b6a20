import ServiceKit
import Storage
import Vocabulary

/// A resource whose tags can be changed: a node or a document.
struct TaggedResource: Sendable {
    var tags: [Tag]
    let unchanged: RecordTransaction.Condition
    /// The change that writes the resource with these tags.
    let replace: @Sendable ([Tag]) throws -> RecordTransaction.Change
}

extension SSMService {
    /// The ARN of what AddTagsToResource and its siblings name, and the faults of what we have no tags for.
    func taggedARN(_ type: String?, _ id: String?, _ context: OperationContext) throws -> ARN {
        var violations = ConstraintViolations()
        violations.required(type, "resourceType")
        violations.required(id, "resourceId")
        try violations.check()
        let arn: ARN
        switch type ?? "" {
        case "ManagedInstance": arn = context.scope.nodeARN(id ?? "")
        case "Document": arn = context.scope.documentARN(id ?? "")
        case let other:
            throw ServiceFault(
                "InvalidResourceType",
                "The resource type '\(other)' is not supported. Use ManagedInstance or Document."
            )
        }
        context.audit.touched(arn)
        return arn
    }

    /// The resource itself, or `InvalidResourceId`.
    func taggedResource(
        _ type: String?,
        _ id: String?,
        _ context: OperationContext
    ) async throws -> TaggedResource {
        let id = id ?? ""
        if type == "ManagedInstance", let node = try? NodeID(parsing: id),
            let stored = try await store.get(.node(node, context.scope), as: NodeRecord.self)
        {
            return TaggedResource(
                tags: stored.value.tags,
                unchanged: .unchanged(stored.key, stored.revision)
            ) { tags in
                var record = stored.value
                record.tags = tags
                return try store.put(stored.key, record)
            }
        }
        if type == "Document",
            let stored = try await store.get(
                .document(id, context.scope),
                as: DocumentRecord.self
            )
        {
            return TaggedResource(
                tags: stored.value.tags,
                unchanged: .unchanged(stored.key, stored.revision)
            ) { tags in
                var record = stored.value
                record.tags = tags
                return try store.put(stored.key, record)
            }
        }
        throw ServiceFault(
            "InvalidResourceId",
            "The resource ID '\(id)' is not valid. Verify that you entered the correct ID and try again."
        )
    }

    /// The tags that a policy may ask about; none for what does not exist.
    func tagsForConditions(
        _ type: String?,
        _ id: String?,
        _ context: OperationContext
    ) async throws -> [String: [String]] {
        do {
            return try await taggedResource(type, id, context).tags.resourceConditions
        } catch let fault as ServiceFault where fault.code == "InvalidResourceId" {
            return [:]
        }
    }

    /// Changes the tags of a resource.
    func changeTags(
        _ type: String?,
        _ id: String?,
        _ context: OperationContext,
        _ change: ([Tag]) throws -> [Tag]
    ) async throws {
        try await retryingConflicts {
            let resource = try await taggedResource(type, id, context)
            let changed = try change(resource.tags)
            try await store.commit(
                RecordTransaction(
                    conditions: [resource.unchanged],
                    changes: [resource.replace(changed)]
                ),
                auditing: context
            )
        }
    }
}
