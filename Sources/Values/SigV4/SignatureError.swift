import Crypto
import Encoding
package import Vocabulary

/// Why a signature is not accepted.
package enum SignatureError: Error, Equatable, Sendable {
    /// The request is not signed at all.
    case missing
    /// The header or the query lacks parts or has broken ones: a sentence for each.
    case incomplete([String], authorization: String?)
    /// The header is no list of names and values.
    case notKeyValuePairs(part: String, authorization: String)
    /// Signed too long ago for a clock that may be off by so many seconds, or for its own expiry.
    case expired(signed: SigningTime, now: SigningTime, allowance: Int)
    /// Signed in the future.
    case notYetCurrent(signed: SigningTime, now: SigningTime, allowance: Int)
    /// A presigned request that wants to be good for longer than a week, or for no time.
    case lifetimeOutOfRange
    /// The day in the scope is not the day of the time.
    case dayMismatch(scope: String, time: SigningTime)
    case wrongTerminator(String)
    case wrongRegion(String)
    case wrongService(expected: String)
    case hostNotSigned
    /// The signature is not the one that we calculate.
    case doesNotMatch
    /// The body is not the one that was hashed.
    case payloadMismatch
    /// A chunked body is broken: what is wrong with it.
    case brokenChunks(String)
    /// Something that the signature asks for and that we do not have: its name.
    case unsupported(String)

    /// What the caller is told, with the code that the JSON protocols use.
    package var fault: ServiceFault {
        switch self {
        case .missing:
            ServiceFault("MissingAuthenticationTokenException", "Missing Authentication Token")
        case .incomplete, .notKeyValuePairs, .unsupported:
            ServiceFault("IncompleteSignatureException", sentence)
        default:
            ServiceFault("InvalidSignatureException", sentence)
        }
    }

    private var sentence: String {
        switch self {
        case .missing: "Missing Authentication Token"
        case .incomplete(let sentences, let authorization):
            (sentences + Self.fingerprint(authorization)).joined(separator: " ")
        case .notKeyValuePairs(let part, let authorization):
            ([
                "Invalid key=value pair (missing equal-sign) in Authorization header "
                    + "(hashed with SHA-256 and encoded with Base64): "
                    + "'\(Self.hash(part))'."
            ] + Self.fingerprint(authorization))
            .joined(separator: " ")
        case .expired(let signed, let now, let allowance):
            "Signature expired: \(signed) is now earlier than \(now.adding(seconds: -allowance)) "
                + "(\(now) - \(Self.span(allowance)))"
        case .notYetCurrent(let signed, let now, let allowance):
            "Signature not yet current: \(signed) is still later than "
                + "\(now.adding(seconds: allowance)) (\(now) + \(Self.span(allowance)))"
        case .lifetimeOutOfRange:
            "X-Amz-Expires must be a number of seconds from 1 to \(Limits.presignedLifetime)."
        case .dayMismatch(let scope, let time):
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
                + "HTTP: '\(scope)' != '\(time.day)', from '\(time)'."
        case .wrongTerminator(let terminator):
            "Credential should be scoped with a valid terminator: 'aws4_request', "
                + "not '\(terminator)'."
        case .wrongRegion(let region):
            "Credential should be scoped to a valid region, not '\(region)'. "
        case .wrongService(let service):
            "Credential should be scoped to correct service: '\(service)'. "
        case .hostNotSigned:
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        case .doesNotMatch:
            "The request signature we calculated does not match the signature you provided. Check "
                + "your AWS Secret Access Key and signing method. Consult the service "
                + "documentation for details."
        case .payloadMismatch:
            "The provided 'x-amz-content-sha256' header does not match what was computed."
        case .brokenChunks(let reason): "The chunked body is not valid: \(reason)."
        case .unsupported(let what): "Unsupported AWS \(what)."
        }
    }

    /// `5 min.`, or seconds where they are no whole minutes.
    private static func span(_ seconds: Int) -> String {
        seconds.isMultiple(of: 60) ? "\(seconds / 60) min." : "\(seconds) sec."
    }

    /// The header as AWS shows it: hashed, since what is broken may hold a secret by mistake.
    private static func fingerprint(_ authorization: String?) -> [String] {
        guard let authorization else { return [] }
        return [
            "(Hashed with SHA-256 and encoded with Base64) Authorization=\(hash(authorization))"
        ]
    }

    private static func hash(_ text: String) -> String {
        Base64.text(of: SHA256.hash(data: Array(text.utf8)))
    }
}
