/// What is wrong with a policy document, and where.
package struct PolicyDocumentError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: Equatable, Sendable {
        /// Not JSON, with what was expected.
        case notJSON(String)
        case notObject(String)
        case unknownElement(String)
        case duplicateElement(String)
        case wrongType(element: String, expected: String)
        case badVersion(String)
        case missingStatement
        case badSid(String)
        case duplicateSid(String)
        case missingEffect
        case badEffect(String)
        case missingAction
        case badAction(String)
        case notSTSAction(String)
        case missingResource
        case badResource(String)
        case bothOf(String, String)
        case missingPrincipal
        case unexpectedPrincipal
        case badPrincipal(type: String, value: String)
        case unexpectedResource
        case notPrincipalNeedsDeny
        case notPrincipalInTrustPolicy
        case unknownOperator(String)
        case badConditionKey(String)
        case badConditionValue(operator: String, value: String)
        case badVariable(String)
    }

    package let reason: Reason
    /// From 1.
    package let line: Int
    /// In bytes, from 1.
    package let column: Int

    package var description: String { "\(message) (line \(line), column \(column))" }

    /// The sentence alone: AWS's own where AWS has one.
    package var message: String {
        switch reason {
        case .notJSON(let reason): "This policy contains invalid Json. Reason: \(reason)."
        case .notObject(let what): "Syntax errors in policy: \(what) must be an object."
        case .unknownElement(let name): "Syntax errors in policy: unknown element \(name)."
        case .duplicateElement(let name): "Syntax errors in policy: duplicate element \(name)."
        case .wrongType(let element, let expected):
            "Syntax errors in policy: \(element) must be \(expected)."
        case .badVersion: "Policy document must be version 2012-10-17 or greater."
        case .missingStatement: "Syntax errors in policy: a policy must contain a statement."
        case .badSid:
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
                + "expression [0-9A-Za-z]*"
        case .duplicateSid: "Statement IDs (SID) in a single policy must be unique."
        case .missingEffect: "Missing required field Effect"
        case .badEffect(let effect): "Invalid effect: \(effect)"
        case .missingAction: "Policy statement must contain actions."
        case .badAction:
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
        case .notSTSAction: "AssumeRole policy may only specify STS AssumeRole actions."
        case .missingResource: "Policy statement must contain resources."
        case .badResource(let resource): "Resource \(resource) must be in ARN format or \"*\"."
        case .bothOf(let one, let other):
            "Syntax errors in policy: \(one) and \(other) exclude each other."
        case .missingPrincipal: "Missing required field Principal"
        case .unexpectedPrincipal: "Policy document should not specify a principal."
        case .badPrincipal(let type, let value):
            "Invalid principal in policy: \"\(type)\":\"\(value)\""
        case .unexpectedResource: "Has prohibited field Resource"
        case .notPrincipalNeedsDeny: "NotPrincipal must be used with Effect Deny."
        case .notPrincipalInTrustPolicy: "AssumeRolepolicy contained an invalid field: NotPrincipal"
        case .unknownOperator(let name): "Invalid Condition type : \(name)."
        case .badConditionKey(let key):
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: \(key)"
        case .badConditionValue(let name, let value):
            "Syntax errors in policy: \(value) is not a value for \(name)."
        case .badVariable(let text): "Syntax errors in policy: bad policy variable in \(text)."
        }
    }
}
