extension PolicyReader {
    func conditions(
        _ member: PolicyJSON.Member,
        hasVariables: Bool
    ) throws(PolicyFlaw) -> [Condition] {
        guard case .object(let operators) = member.value.value else {
            throw PolicyFlaw(
                reason: .wrongType(element: member.name, expected: "an object"),
                offset: member.value.offset
            )
        }
        var conditions: [Condition] = []
        for block in operators {
            guard let comparison = ConditionOperator(block.name) else {
                throw PolicyFlaw(reason: .unknownOperator(block.name), offset: block.offset)
            }
            guard case .object(let keys) = block.value.value else {
                throw PolicyFlaw(
                    reason: .wrongType(element: block.name, expected: "an object"),
                    offset: block.value.offset
                )
            }
            for key in keys {
                guard Self.isKey(key.name) else {
                    throw PolicyFlaw(reason: .badConditionKey(key.name), offset: key.offset)
                }
                let operands = try operands(
                    key,
                    comparison,
                    name: block.name,
                    hasVariables: hasVariables
                )
                conditions.append(
                    Condition(
                        comparison: comparison,
                        key: key.name.lowercased(),
                        operands: operands
                    )
                )
            }
        }
        return conditions
    }

    /// Whether it has the form `vendor:name`.
    private static func isKey(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":") else { return false }
        return colon != text.startIndex && text.index(after: colon) != text.endIndex
    }

    private func operands(
        _ member: PolicyJSON.Member,
        _ comparison: ConditionOperator,
        name: String,
        hasVariables: Bool
    ) throws(PolicyFlaw) -> [ConditionOperand] {
        var operands: [ConditionOperand] = []
        for element in member.value.elements {
            let text: String
            switch element.value {
            case .string(let value), .number(let value): text = value
            case .bool(let value): text = value ? "true" : "false"
            case .object, .array, .null:
                throw PolicyFlaw(
                    reason: .wrongType(
                        element: member.name,
                        expected: "a value or a list of values"
                    ),
                    offset: element.offset
                )
            }
            let operand: ConditionOperand?
            do {
                operand = try ConditionOperand.read(
                    text,
                    for: comparison.comparison,
                    hasVariables: hasVariables
                )
            } catch {
                throw PolicyFlaw(reason: .badVariable(text), offset: element.offset)
            }
            guard let operand else {
                throw PolicyFlaw(
                    reason: .badConditionValue(operator: name, value: text),
                    offset: element.offset
                )
            }
            operands.append(operand)
        }
        return operands
    }
}
