extension Authorizer {
    /// Asks for the permission to give tags to what a call is about to make.
    ///
    /// Whoever may make a thing may not therefore tag it: tags decide who else may use it. So every operation
    /// that takes tags and makes something asks here as well, with the service's own action for tags and
    /// with the tags of the request as conditions. Without tags nothing is asked.
    package func authorizeTagging(
        _ action: String,
        on resource: String,
        with tags: [String: String],
        conditionValues: [String: [String]] = [:],
        in context: OperationContext
    ) async throws {
        guard !tags.isEmpty else { return }
        try await authorize(
            AuthorizationRequest(
                action,
                on: resource,
                conditionValues: conditionValues.merging(RequestedTags.conditions(tags)) { $1 }
            ),
            in: context
        )
    }
}

/// What the tags of a request mean to policies and to whoever keeps them.
package enum RequestedTags {
    /// Condition keys by which a policy asks for the tags that a call gives.
    package static func conditions(_ tags: [String: String]) -> [String: [String]] {
        guard !tags.isEmpty else { return [:] }
        var conditions = ["aws:TagKeys": tags.keys.sorted()]
        for (key, value) in tags { conditions["aws:RequestTag/\(key)"] = [value] }
        return conditions
    }

    /// Two keys that are the same but for capitals and small letters, if there are any.
    ///
    /// Policies ask for tags without regard to case, so that a resource with `env` and `Env` would be in both of
    /// two places at once.
    package static func clash(in keys: some Sequence<String>) -> (String, String)? {
        var seen: [String: String] = [:]
        for key in keys.sorted() {
            if let other = seen.updateValue(key, forKey: key.lowercased()) { return (other, key) }
        }
        return nil
    }
}
