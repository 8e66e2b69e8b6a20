import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import SigV4
import Synchronization

/// A server of JSON operations on a free port of the loopback, whose answers a test writes.
final class StubAPI: Sendable {
    struct Call: Sendable {
        let head: SignableRequest
        let body: [UInt8]

        var operation: String {
            head.header("x-amz-target").map { String($0.drop { $0 != "." }.dropFirst()) } ?? ""
        }

        /// The region that the signature was made for.
        var region: String {
            get throws { try UnverifiedSignature(in: head)?.scope.region ?? "" }
        }

        func text(_ member: String) throws -> String? {
            try JSONDecoder().decode([String: String].self, from: Data(body))[member]
        }

        /// Whether the call is signed with this key pair.
        func isSigned(by publicKeyText: String) throws -> Bool {
            guard let claim = try UnverifiedSignature(in: head),
                let key = Data(base64Encoded: publicKeyText)
            else { return false }
            let verifier = SignatureVerifier()
            return (try? verifier.verify(claim, of: head, body: body, publicKey: Array(key)))
                != nil
        }
    }

    /// An answer of 200 with this body, an error of 400 with this code and message, or none at all.
    enum Answer: Sendable {
        case success(String)
        case fault(String, String)
        case hangUp
    }

    private let answer: @Sendable (Call) throws -> Answer
    private let calls = Mutex<[Call]>([])
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    init(_ answer: @escaping @Sendable (Call) throws -> Answer) async throws {
        self.answer = answer
        let bound = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [weak self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        Handler { self?.take($0) ?? .hangUp }
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        channel.withLock { $0 = bound }
    }

    deinit {
        channel.withLock { $0?.close(promise: nil) }
    }

    var endpoint: String {
        "http://127.0.0.1:\(channel.withLock { $0?.localAddress?.port ?? 0 })"
    }

    /// The operations called so far.
    var operations: [String] { calls.withLock { $0.map(\.operation) } }

    private func take(_ call: Call) -> Answer {
        calls.withLock { $0.append(call) }
        return (try? answer(call)) ?? .fault("InternalServerError", "the test's answer threw")
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: (Call) -> Answer
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ answer: @escaping (Call) -> Answer) {
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): (self.head, body) = (head, [])
            case .body(let bytes): body += Array(bytes.readableBytesView)
            case .end:
                guard let head else { return }
                let signable = SignableRequest(
                    method: head.method.rawValue,
                    path: head.uri,
                    headers: head.headers.map { HeaderField($0.name.lowercased(), $0.value) }
                )
                switch answer(Call(head: signable, body: body)) {
                case .success(let text): send(.ok, text, context)
                case .fault(let code, let message):
                    send(.badRequest, #"{"__type":"\#(code)","message":"\#(message)"}"#, context)
                case .hangUp: context.close(promise: nil)
                }
            }
        }

        private func send(
            _ status: HTTPResponseStatus,
            _ text: String,
            _ context: ChannelHandlerContext
        ) {
            let head = HTTPResponseHead(
                version: .http1_1,
                status: status,
                headers: [
                    "content-type": "application/x-amz-json-1.1",
                    "content-length": "\(text.utf8.count)",
                ]
            )
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(
                wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))),
                promise: nil
            )
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
