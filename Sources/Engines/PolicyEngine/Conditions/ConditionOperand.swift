import Encoding

/// A value that a condition compares with, read once when the document is.
enum ConditionOperand: Sendable {
    case text(Template)
    case foldedText(Template)
    case number(Double)
    case date(Double)
    case bool(Bool)
    case binary([UInt8])
    case address(AddressRange)

    /// Reads the text of a policy as an operand of the comparison; nil if it is not one.
    ///
    /// Variables are filled in for string and ARN operators only, as documented; elsewhere `${` is no number.
    static func read(
        _ text: String,
        for comparison: ConditionOperator.Comparison,
        hasVariables: Bool
    ) throws(TemplateError) -> ConditionOperand? {
        switch comparison {
        case .string:
            .text(try Template(text, style: nil, hasVariables: hasVariables))
        case .stringIgnoringCase:
            .foldedText(
                try Template(text.lowercased(), style: nil, hasVariables: hasVariables)
            )
        case .stringLike:
            .text(try Template(text, style: .text, hasVariables: hasVariables))
        case .arn:
            .text(try Template(text, style: .arn, hasVariables: hasVariables))
        case .numeric: PolicyNumber.read(text).map { .number($0) }
        case .date: PolicyDate.seconds(text).map { .date($0) }
        case .bool, .null: readBool(text).map { .bool($0) }
        case .binary: (try? Base64.bytes(of: text)).map { .binary($0) }
        case .ipAddress: AddressRange(text).map { .address($0) }
        }
    }

    /// Whether a value of the request is this one, or within it, or in its order.
    func holds(
        for value: String,
        _ comparison: ConditionOperator.Comparison,
        in context: ConditionContext
    ) -> Bool {
        switch self {
        case .text(let template):
            return template.matches(Array(value.utf8), in: context)
        case .foldedText(let template):
            return template.matches(Array(value.lowercased().utf8), in: context.foldingCase)
        case .number(let operand):
            guard case .numeric(let order) = comparison, let number = PolicyNumber.read(value)
            else {
                return false
            }
            return order.holds(number, operand)
        case .date(let operand):
            guard case .date(let order) = comparison, let date = PolicyDate.seconds(value) else {
                return false
            }
            return order.holds(date, operand)
        case .bool(let operand):
            return Self.readBool(value) == operand
        case .binary(let operand):
            return (try? Base64.bytes(of: value)) == operand
        case .address(let range):
            return AddressRange(value).map { range.contains($0) } ?? false
        }
    }

    private static func readBool(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }
}

/// Numbers as policies write them: decimal, whole or not.
enum PolicyNumber {
    /// Reads a decimal number; what else Swift takes for one (`0x1p4`, `nan`) is none here.
    static func read(_ text: String) -> Double? {
        let isDecimal = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        guard isDecimal, let number = Double(text), number.isFinite else { return nil }
        return number
    }
}
