import Vocabulary

/// How a request names a key: id, ARN, alias or alias ARN.
enum KeyReference: Equatable, Sendable {
    case key(KeyID)
    case alias(String)

    /// Which of the forms an operation takes.
    enum Forms {
        /// Key id or key ARN.
        case keyOnly
        /// An alias too.
        case keyOrAlias
    }

    /// Reads a reference, with AWS's faults for what names nothing here.
    ///
    /// Keys of other accounts are not offered: an ARN of one is answered as one that does not exist.
    init(_ text: String, _ forms: Forms, in scope: Scope) throws(ServiceFault) {
        if text.hasPrefix("arn:") {
            try self.init(arn: text, forms, in: scope)
        } else {
            try self.init(resource: text, isQualified: false, original: text, forms, in: scope)
        }
    }

    private init(arn text: String, _ forms: Forms, in scope: Scope) throws(ServiceFault) {
        let arn: ARN
        do {
            arn = try ARN(parsing: text)
        } catch {
            throw ServiceFault("InvalidArnException", "Invalid arn \(text)")
        }
        guard arn.service == "kms", arn.partition == scope.region.partition.rawValue else {
            throw ServiceFault("InvalidArnException", "Invalid arn \(text)")
        }
        guard arn.region == scope.region.description else {
            throw KMSFault.notFound("Invalid arn \(arn.region)")
        }
        guard arn.account == scope.account.description else {
            throw arn.resource.hasPrefix("alias/")
                ? KMSFault.aliasNotFound(arn) : KMSFault.keyNotFound(arn)
        }
        try self.init(resource: arn.resource, isQualified: true, original: text, forms, in: scope)
    }

    private init(
        resource: String,
        isQualified: Bool,
        original: String,
        _ forms: Forms,
        in scope: Scope
    ) throws(ServiceFault) {
        if resource.hasPrefix("alias/") {
            guard forms == .keyOrAlias else {
                throw KMSFault.notFound("Invalid keyId '\(original)'")
            }
            self = .alias(resource)
            return
        }
        guard resource.hasPrefix("key/") == isQualified,
            let id = try? KeyID(parsing: isQualified ? resource.dropFirst(4) : resource[...])
        else { throw KMSFault.notFound("Invalid keyId '\(original)'") }
        self = .key(id)
    }
}
