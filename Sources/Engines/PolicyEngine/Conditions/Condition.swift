/// One operator with one key and the values it is compared with.
struct Condition: Sendable {
    let comparison: ConditionOperator
    /// The condition key in lower case.
    let key: String
    /// At least one must hold; for a negated operator none may.
    let operands: [ConditionOperand]

    /// Whether the request meets the condition.
    ///
    /// A key without a value is a missing one. It fails a positive operator and meets a
    /// negated one; `IfExists` is met, `ForAllValues` too, `ForAnyValue` never.
    func holds(in context: ConditionContext) -> Bool {
        let values = context.values(for: key) ?? []
        if case .null = comparison.comparison {
            return operands.contains { operand in
                if case .bool(let isMissing) = operand {
                    isMissing == values.isEmpty
                } else {
                    false
                }
            }
        }
        if values.isEmpty {
            if comparison.holdsIfMissing { return true }
            return switch comparison.quantifier {
            case .none: comparison.isNegated
            case .forAllValues: true
            case .forAnyValue: false
            }
        }
        return switch comparison.quantifier {
        // Without a quantifier, a negated operator denies what the positive one would say of all values.
        case .none: values.contains { isAmongOperands($0, context) } != comparison.isNegated
        case .forAllValues: values.allSatisfy { holds(for: $0, context) }
        case .forAnyValue: values.contains { holds(for: $0, context) }
        }
    }

    private func holds(for value: String, _ context: ConditionContext) -> Bool {
        isAmongOperands(value, context) != comparison.isNegated
    }

    private func isAmongOperands(_ value: String, _ context: ConditionContext) -> Bool {
        operands.contains { $0.holds(for: value, comparison.comparison, in: context) }
    }
}
