package import FoundationEssentials
package import Sealing
package import Vocabulary

/// Makes and reads the tokens by which a caller asks for the next page.
///
/// A token is sealed, so that it tells nothing and cannot be made up; it is bound to the operation, the
/// account, the region and the parameters that must stay the same; and it expires after 24 hours.
package struct PageTokens: Sendable {
    /// How long a token is good for, in seconds: Logs documents 24 hours.
    package static let lifetime: TimeInterval = 24 * 60 * 60

    private struct Contents: Codable {
        var position: String
        var expires: Date
    }

    private let key: SealingKey
    private let clock: any WallClock
    private let entropy: any Entropy

    package init(key: SealingKey, clock: any WallClock, entropy: any Entropy) {
        self.key = key
        self.clock = clock
        self.entropy = entropy
    }

    /// A token that continues at `position`, for the same operation with the same `parameters`.
    package func make(
        position: String,
        parameters: [String],
        in context: OperationContext
    ) throws -> String {
        let contents = Contents(
            position: position,
            expires: clock.now().addingTimeInterval(Self.lifetime)
        )
        let plain = Array(try JSONEncoder().encode(contents))
        let place = Self.place(parameters, context)
        return Data(key.seal(plain, for: place, entropy: entropy)).base64EncodedString()
    }

    /// The position in a token, or nil if it is not one of ours for this question, or is too old.
    package func position(
        in token: String,
        parameters: [String],
        in context: OperationContext
    ) -> String? {
        guard let sealed = Data(base64Encoded: token),
            let plain = try? key.open(Array(sealed), for: Self.place(parameters, context)),
            let contents = try? JSONDecoder().decode(Contents.self, from: Data(plain)),
            contents.expires > clock.now()
        else { return nil }
        return contents.position
    }

    private static func place(_ parameters: [String], _ context: OperationContext) -> [UInt8] {
        let parts =
            [
                context.operation, context.scope.account.description,
                context.scope.region.description,
            ]
            + parameters
        return parts.flatMap { part in
            // Each part is preceded by its length, so that no two lists give the same bytes.
            withUnsafeBytes(of: UInt32(part.utf8.count).bigEndian) { Array($0) } + Array(part.utf8)
        }
    }
}
