// Vocabulary: the words that every other target speaks. ARNs, typed identifiers, limits, the fault a
// service answers with, the clock. Values only; nothing here reads a file, a socket or the time.

/// A text that does not have the form of the identifier it was taken for.
package struct InvalidIdentifier: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the text was taken for, in words a user knows: "account ID", "ARN".
    package let kind: String
    /// The text as it came in.
    package let text: String

    package init(kind: String, text: String) {
        self.kind = kind
        self.text = text
    }

    package var description: String { "'\(text)' is not a valid \(kind)." }
}

/// A twelve-digit AWS account number.
package struct AccountID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let description: String

    package init(parsing text: String) throws(InvalidIdentifier) {
        guard text.utf8.count == 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw InvalidIdentifier(kind: "account ID", text: text)
        }
        description = text
    }

    package static func < (left: AccountID, right: AccountID) -> Bool {
        left.description < right.description
    }
}

/// The name of a region, such as `us-east-1`.
package struct Region: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let description: String

    package init(parsing text: String) throws(InvalidIdentifier) {
        let allowed = text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
        guard (3...Limits.regionNameLength).contains(text.utf8.count), allowed else {
            throw InvalidIdentifier(kind: "region", text: text)
        }
        description = text
    }

    /// The partition that a region's ARNs are written in, told by the region's prefix as the SDKs do.
    package var partition: Partition {
        if description.hasPrefix("cn-") { return .china }
        if description.hasPrefix("us-gov-") { return .governmentCloud }
        return .standard
    }

    package static func < (left: Region, right: Region) -> Bool {
        left.description < right.description
    }
}

/// The first word of an ARN after `arn:`.
package enum Partition: String, Hashable, Sendable {
    case standard = "aws"
    case china = "aws-cn"
    case governmentCloud = "aws-us-gov"
}

/// Whose records, and where: part of every record's key, so that nothing crosses by accident.
package struct Scope: Hashable, Sendable {
    package let account: AccountID
    package let region: Region

    package init(account: AccountID, region: Region) {
        self.account = account
        self.region = region
    }

    /// The ARN of something in this scope: `arn:aws:kms:us-east-1:000000000000:key/…`.
    package func arn(service: String, resource: String) -> ARN {
        ARN(
            partition: region.partition.rawValue,
            service: service,
            region: region.description,
            account: account.description,
            resource: resource
        )
    }

    /// The ARN of something that belongs to the account and to no region, as all of IAM does.
    package func globalARN(service: String, resource: String) -> ARN {
        ARN(
            partition: region.partition.rawValue,
            service: service,
            region: "",
            account: account.description,
            resource: resource
        )
    }
}
