import Vocabulary

extension SekishoTransport {
    /// What our own ends offer.
    package static let ours = SekishoTransport(
        largestFrame: Limits.sekishoFrameBytes,
        window: Limits.sekishoWindowBytes
    )

    /// The version that this code speaks.
    static let currentVersion = 1

    var jsonValue: JSONValue {
        .object([
            "Version": .integer(Int64(version)),
            "LargestFrame": .integer(Int64(largestFrame)),
            "Window": .integer(Int64(window)),
            "ExitStatus": .bool(exitStatus),
        ])
    }

    /// The smaller of this offer and the other end's, or nil when the other's is none that we can use.
    ///
    /// A frame or window below the stock ones would only harm its own sender; it counts as no offer.
    func agreed(with other: JSONValue) -> SekishoTransport? {
        guard let offer = try? other.decoded(as: SekishoTransport.self),
            offer.version >= Self.currentVersion,
            offer.largestFrame >= Limits.stockFrameBytes, offer.window >= Limits.stockWindowBytes
        else { return nil }
        return SekishoTransport(
            version: min(version, offer.version),
            largestFrame: min(largestFrame, offer.largestFrame),
            window: min(window, offer.window),
            exitStatus: exitStatus && offer.exitStatus
        )
    }
}
