package import ServiceKit
package import WebSocketTransport

/// What the frontend hands to the gateway: websockets, and the calls that ask for one.
package struct GatewayDoor: Sendable {
    /// Serves a websocket until it ends.
    ///
    /// The context is nil when the upgrade was not signed.
    package typealias WebSocket =
        @Sendable (
            _ path: String, _ query: String, WebSocketConnection, OperationContext?
        ) async -> Void
    /// Answers a signed `POST` to a channel's path.
    ///
    /// A fault is thrown, and worded by the door: so what the caller is told is what the audit record says.
    package typealias ChannelPost =
        @Sendable (
            _ path: String, _ body: [UInt8], OperationContext
        ) async throws -> (status: Int, contentType: String, body: String)

    package let webSocket: WebSocket
    package let channelPost: ChannelPost

    package init(webSocket: @escaping WebSocket, channelPost: @escaping ChannelPost) {
        self.webSocket = webSocket
        self.channelPost = channelPost
    }
}
