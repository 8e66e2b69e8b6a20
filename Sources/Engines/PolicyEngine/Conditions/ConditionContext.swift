/// What conditions and policy variables may ask about a request.
///
/// Keys are compared without regard to case, as AWS does. The keys that every request has are computed when
/// they are asked for: most policies ask for none.
package struct ConditionContext: Sendable {
    private let values: [String: [String]]
    private let global: @Sendable (String) -> [String]?

    /// Makes a context of the service's own values and of a function for the global ones.
    ///
    /// `global` is given keys in lower case and goes first, so that a service cannot stand in for it.
    package init(
        _ values: [String: [String]],
        global: @escaping @Sendable (String) -> [String]? = { _ in nil }
    ) {
        var lowercased: [String: [String]] = [:]
        for (key, value) in values { lowercased[key.lowercased(), default: []] += value }
        self.values = lowercased
        self.global = global
    }

    /// The values under a key in lower case; nil if the request does not have it.
    func values(for key: String) -> [String]? {
        global(key) ?? values[key]
    }

    /// The one value under a key in lower case; nil if there is none, or are several.
    func singleValue(for key: String) -> String? {
        guard let values = values(for: key), values.count == 1 else { return nil }
        return values[0]
    }

    /// The same with its values in lower case, for variables in comparisons that ignore case.
    var foldingCase: ConditionContext {
        let (values, global) = (values, global)
        return ConditionContext([:]) { key in
            (global(key) ?? values[key]).map { $0.map { $0.lowercased() } }
        }
    }
}
