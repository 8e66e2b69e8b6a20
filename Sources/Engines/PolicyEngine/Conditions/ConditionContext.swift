/// What conditions and policy variables may ask about a request.
///
/// Keys are compared without regard to case, as AWS does. Nothing is prepared: most policies ask for no key, so
/// that a request's own ones are looked through, and the keys that every request has computed, when asked for.
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
        self.values = values
        self.global = global
    }

    /// The values under a key in lower case; nil if the request does not have it.
    func values(for key: String) -> [String]? {
        if let values = global(key) { return values }
        var found: [String]?
        for (name, values) in values where name.isFolded(to: key) { found = (found ?? []) + values }
        return found
    }

    /// The one value under a key in lower case; nil if there is none, or are several.
    func singleValue(for key: String) -> String? {
        guard let values = values(for: key), values.count == 1 else { return nil }
        return values[0]
    }

    /// The same with its values in lower case, for variables in comparisons that ignore case.
    var foldingCase: ConditionContext {
        ConditionContext([:]) { key in values(for: key)?.map { $0.lowercased() } }
    }
}

extension String {
    /// Whether this in lower case is the other; written out only where it is not ASCII.
    fileprivate func isFolded(to lowercased: String) -> Bool {
        for (own, other) in zip(utf8, lowercased.utf8) {
            if own >= 0x80 || other >= 0x80 { return self.lowercased() == lowercased }
            guard ((0x41...0x5A).contains(own) ? own | 0x20 : own) == other else { return false }
        }
        return utf8.count == lowercased.utf8.count
    }
}
