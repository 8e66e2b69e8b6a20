/// A condition operator as a policy names it: `ForAnyValue:StringNotLikeIfExists`, taken apart.
///
/// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
struct ConditionOperator: Equatable, Sendable {
    enum Comparison: Equatable, Sendable {
        case string
        case stringIgnoringCase
        case stringLike
        case arn
        case bool
        case binary
        case ipAddress
        case numeric(Order)
        case date(Order)
        /// Whether the key is missing.
        case null
    }

    enum Order: Equatable, Sendable {
        case equal, less, lessOrEqual, greater, greaterOrEqual

        func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .equal: left == right
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            }
        }
    }

    /// How a key with several values is asked.
    enum Quantifier: Equatable, Sendable {
        case none, forAllValues, forAnyValue
    }

    let comparison: Comparison
    /// `…Not…`: holds if the value is none of those given.
    let isNegated: Bool
    /// `…IfExists`: holds if the request does not have the key.
    let holdsIfMissing: Bool
    let quantifier: Quantifier

    /// Takes a name apart; nil if there is no such operator.
    ///
    /// AWS compares the names of operators without regard to case.
    init?(_ name: String) {
        var rest = Substring(name.lowercased())
        if rest.hasPrefix("forallvalues:") {
            quantifier = .forAllValues
            rest = rest.dropFirst("forallvalues:".count)
        } else if rest.hasPrefix("foranyvalue:") {
            quantifier = .forAnyValue
            rest = rest.dropFirst("foranyvalue:".count)
        } else {
            quantifier = .none
        }
        holdsIfMissing = rest.hasSuffix("ifexists")
        if holdsIfMissing { rest = rest.dropLast("ifexists".count) }
        guard let (comparison, isNegated) = Self.table[String(rest)] else { return nil }
        if comparison == .null, holdsIfMissing || quantifier != .none { return nil }
        self.comparison = comparison
        self.isNegated = isNegated
    }

    private static let table: [String: (Comparison, negated: Bool)] = [
        "stringequals": (.string, false),
        "stringnotequals": (.string, true),
        "stringequalsignorecase": (.stringIgnoringCase, false),
        "stringnotequalsignorecase": (.stringIgnoringCase, true),
        "stringlike": (.stringLike, false),
        "stringnotlike": (.stringLike, true),
        "numericequals": (.numeric(.equal), false),
        "numericnotequals": (.numeric(.equal), true),
        "numericlessthan": (.numeric(.less), false),
        "numericlessthanequals": (.numeric(.lessOrEqual), false),
        "numericgreaterthan": (.numeric(.greater), false),
        "numericgreaterthanequals": (.numeric(.greaterOrEqual), false),
        "dateequals": (.date(.equal), false),
        "datenotequals": (.date(.equal), true),
        "datelessthan": (.date(.less), false),
        "datelessthanequals": (.date(.lessOrEqual), false),
        "dategreaterthan": (.date(.greater), false),
        "dategreaterthanequals": (.date(.greaterOrEqual), false),
        "bool": (.bool, false),
        "binaryequals": (.binary, false),
        "ipaddress": (.ipAddress, false),
        "notipaddress": (.ipAddress, true),
        "arnequals": (.arn, false),
        "arnlike": (.arn, false),
        "arnnotequals": (.arn, true),
        "arnnotlike": (.arn, true),
        "null": (.null, false),
    ]
}
