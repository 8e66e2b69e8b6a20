/// What both ends know of a session once it may begin.
package struct SessionAgreement: Equatable, Sendable {
    package var sessionType: SessionType
    /// Properties of the session document, for port sessions; `.null` otherwise.
    package var properties: JSONValue
    /// Whether output and input travel encrypted under a KMS data key.
    package var isEncrypted: Bool
    /// Version of the other end; nil when it offered no handshake.
    package var peerVersion: String?
    /// Shown to the person before the session, by the client; empty for nothing.
    package var customerMessage: String
    /// What our own two ends agreed on, each number the smaller of both; nil for a stock peer.
    package var transport: SekishoTransport?

    package init(
        sessionType: SessionType,
        properties: JSONValue = .null,
        isEncrypted: Bool = false,
        peerVersion: String? = nil,
        customerMessage: String = "",
        transport: SekishoTransport? = nil
    ) {
        self.sessionType = sessionType
        self.properties = properties
        self.isEncrypted = isEncrypted
        self.peerVersion = peerVersion
        self.customerMessage = customerMessage
        self.transport = transport
    }
}
