import PolicyEngine
import ServiceKit
import Vocabulary

extension IAMService {
    /// Asks whether the caller may do this; the fault is IAM's `AccessDenied`.
    func require(
        _ action: String,
        on resource: String,
        conditions: [String: [String]] = [:],
        resourcePolicy: ResourcePolicy? = nil,
        in context: OperationContext
    ) async throws {
        do {
            try await authorize(
                AuthorizationRequest(
                    action,
                    on: resource,
                    conditionValues: conditions,
                    resourcePolicy: resourcePolicy
                ),
                in: context
            )
        } catch let fault as ServiceFault where fault.code == "AccessDeniedException" {
            throw ServiceFault("AccessDenied", fault.message, status: 403)
        }
    }

    /// The user or role of that name, if the caller may do this to it.
    ///
    /// Asked before it is told whether it exists.
    func readHolder<Holder: PolicyHolder>(
        _ name: String,
        _ type: Holder.Type,
        for action: String,
        in context: OperationContext
    ) async throws -> Holder {
        let (arn, holder) = try await holderARN(name, type, in: context)
        context.touched(arn)
        try await require(action, on: arn, conditions: Self.conditions(of: holder), in: context)
        guard let holder else { throw IAMFault.noSuchHolder(Holder.kind, name) }
        return holder
    }

    /// Changes a user or role, if the caller may do this to it.
    @discardableResult
    func changeHolder<Holder: PolicyHolder, Output: Sendable>(
        _ name: String,
        _ type: Holder.Type,
        for action: String,
        conditions: [String: [String]] = [:],
        in context: OperationContext,
        _ body: (inout Draft, inout Holder) async throws -> Output
    ) async throws -> Output {
        try await change(in: context) { draft in
            var holder = try await requireHolder(
                name,
                type,
                for: action,
                conditions: conditions,
                draft: &draft,
                in: context
            )
            let output = try await body(&draft, &holder)
            try draft.put(holder, in: context)
            return output
        }
    }

    /// The same within a change that does more than write the holder back.
    func requireHolder<Holder: PolicyHolder>(
        _ name: String,
        _ type: Holder.Type,
        for action: String,
        conditions: [String: [String]] = [:],
        draft: inout Draft,
        in context: OperationContext
    ) async throws -> Holder {
        let key = context.keys.holder(Holder.kind, name)
        let holder = try await draft.read(key, as: Holder.self)
        let arn = holder?.arn ?? context.iamARN("\(Holder.kind.rawValue)/\(name)")
        context.touched(arn)
        // What the request says goes before what the thing is: a boundary that is being set is the new one.
        let values = Self.conditions(of: holder).merging(conditions) { $1 }
        try await require(action, on: arn, conditions: values, in: context)
        guard let holder else { throw IAMFault.noSuchHolder(Holder.kind, name) }
        return holder
    }

    /// What conditions may ask about a user or role.
    static func conditions(of holder: (some PolicyHolder)?) -> [String: [String]] {
        guard let holder else { return [:] }
        var values = conditions(ofTags: holder.tags)
        if let boundary = holder.boundary { values["iam:PermissionsBoundary"] = [boundary] }
        return values
    }

    static func conditions(ofTags tags: [Tag]) -> [String: [String]] {
        var values: [String: [String]] = [:]
        for tag in tags {
            values["aws:ResourceTag/\(tag.key)"] = [tag.value]
            values["iam:ResourceTag/\(tag.key)"] = [tag.value]
        }
        return values
    }

    /// The name given, or that of the user who calls.
    func userName(_ name: String?, in context: OperationContext) throws -> String {
        if let name { return name }
        guard case .user(_, _, let own) = context.principal else {
            throw IAMFault.validation(
                "Must specify userName when calling with non-User credentials"
            )
        }
        return own
    }

    /// Reads a policy to find what is wrong with it, and how long it is without white space.
    @discardableResult
    static func validated(
        _ text: String,
        as kind: PolicyDocument.Kind
    ) throws -> (document: PolicyDocument, characters: Int) {
        do {
            let document = try PolicyDocument(parsing: text, as: kind)
            return (document, characters(text))
        } catch {
            throw IAMFault.malformedPolicy(error.description)
        }
    }

    /// Characters that count towards IAM's size quotas: all but white space.
    static func characters(_ text: String) -> Int {
        text.unicodeScalars.count { ![" ", "\t", "\n", "\r"].contains($0) }
    }
}
