import FoundationEssentials
import NIOCore
import NIOHTTP1
import SigV4
import Vocabulary

/// Serves the requests of one connection, one after another.
///
/// On NIO's own HTTP parts: a small call costs a few allocations less than through Hummingbird's request,
/// and the end of a connection is ours to choose.
struct HTTPExchange: Sendable {
    typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    let doorman: Doorman
    let budget: BodyBudget
    let isSecureTransport: Bool

    /// Returns when the connection is over; a peer's mistake or disappearance ends it and no more.
    ///
    /// `firstAnswer` is what the first request is answered with, when that was decided before.
    func serve(_ connection: Connection, firstAnswer: Answer? = nil) async {
        let sourceAddress = PeerAddress.text(of: connection.channel.remoteAddress)
        do {
            try await connection.executeThenClose { inbound, outbound in
                var iterator = inbound.makeAsyncIterator()
                var decided = firstAnswer
                do {
                    while case .head(let head)? = try await iterator.next() {
                        let isLast = try await serve(
                            head,
                            &iterator,
                            outbound,
                            sourceAddress,
                            decided: decided
                        )
                        if isLast { break }
                        decided = nil
                    }
                } catch is HTTPParserError {
                    try await outbound.write(
                        Answer.text(400, "This is not HTTP/1.1.\n"),
                        isLast: true
                    )
                }
                outbound.finish()
                // What the peer still sends is read past, so that it sees our answer and not a reset.
                while try await iterator.next() != nil {}
            }
        } catch {
            // The peer is gone in the middle; there is nobody left to tell.
            return
        }
    }

    /// Answers one request; true when nothing may follow it on this connection.
    @concurrent private func serve(
        _ head: HTTPRequestHead,
        _ iterator: inout NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>,
        _ sourceAddress: String?,
        decided: Answer?
    ) async throws -> Bool {
        let signable = SignableRequest(head)
        let stated = head.headers.first(name: "content-length").flatMap { Int($0) }
        let statedLength = stated ?? 0
        // Whether there is a signature matters, and is looked for, only where the body may be large.
        let isBrief = stated.map { $0 <= Limits.smallBodyBytes } ?? false
        let most = isBrief ? Limits.smallBodyBytes : BodyBudget.mostBytes(of: signable)
        guard statedLength <= most else {
            try await refuseBody(larger: most, outbound)
            return true
        }
        var reservation = BodyReservation(budget, for: CallSource(address: sourceAddress))
        try await reservation.cover(exactly: statedLength)
        if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
        }
        var body: [UInt8] = []
        while let part = try await iterator.next() {
            guard case .body(let buffer) = part else { break }
            let length = body.count + buffer.readableBytes
            guard length <= most else {
                try await refuseBody(larger: most, outbound)
                return true
            }
            try await reservation.cover(length, atMost: most)
            if body.isEmpty { body.reserveCapacity(max(statedLength, buffer.readableBytes)) }
            body.append(contentsOf: buffer.readableBytesView)
        }
        let request = IncomingRequest(
            head: signable,
            body: body,
            sourceAddress: sourceAddress,
            isSecureTransport: isSecureTransport
        )
        let answer = if let decided { decided } else { await answer(request) }
        // A request with an upgrade header stops NIO's decoder, so that nothing may follow it.
        let isLast = !head.isKeepAlive || head.headers.contains(name: "upgrade")
        try await outbound.write(answer, isLast: isLast, withBody: head.method != .HEAD)
        return isLast
    }

    private func answer(_ request: IncomingRequest) async -> Answer {
        if request.body.count <= Limits.bodyAnsweredInPlace { return await doorman.answer(request) }
        return await withTaskExecutorPreference(globalConcurrentExecutor) {
            await doorman.answer(request)
        }
    }

    private func refuseBody(
        larger most: Int,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        doorman.metrics.bodyRefused()
        let kind = most < Limits.requestBodyBytes ? "request without a signature" : "request"
        let text = "The body of a \(kind) may have \(most) bytes and no more.\n"
        try await outbound.write(Answer.text(413, text), isLast: true)
    }
}

extension NIOAsyncChannelOutboundWriter<HTTPServerResponsePart> {
    fileprivate func write(_ answer: Answer, isLast: Bool, withBody: Bool = true) async throws {
        let head = HTTPServerResponsePart.head(HTTPResponseHead(answer, isLast: isLast))
        guard withBody, !answer.body.isEmpty else {
            try await write(contentsOf: [head, .end(nil)])
            return
        }
        let body = ByteBuffer(bytes: answer.body)
        try await write(contentsOf: [head, .body(.byteBuffer(body)), .end(nil)])
    }
}

extension HTTPResponseHead {
    /// Names are spelt as AWS spells them: there are clients that read headers by hand, with regard to case.
    fileprivate init(_ answer: Answer, isLast: Bool) {
        var fields: [(String, String)] = []
        fields.reserveCapacity(6)
        if let requestID = answer.requestID { fields.append(("x-amzn-RequestId", requestID)) }
        if let errorType = answer.errorType { fields.append(("x-amzn-ErrorType", errorType)) }
        fields.append(("Content-Type", answer.contentType))
        fields.append(("Content-Length", String(answer.body.count)))
        fields.append(("Date", HTTPDate.text(of: Date())))
        if isLast { fields.append(("Connection", "close")) }
        self.init(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: answer.status),
            headers: HTTPHeaders(fields)
        )
    }
}

extension SignableRequest {
    init(_ head: HTTPRequestHead) {
        let end = head.uri.utf8.firstIndex(of: UInt8(ascii: "?")) ?? head.uri.endIndex
        self.init(
            method: head.method.rawValue,
            path: String(head.uri[..<end]),
            query: end < head.uri.endIndex
                ? String(head.uri[head.uri.utf8.index(after: end)...]) : "",
            headers: head.headers.map { HeaderField($0.name, $0.value) }
        )
    }
}

/// The date of HTTP, RFC 9110 section 5.6.7, by which clients notice that their clock is wrong.
enum HTTPDate {
    static func text(of date: Date) -> String {
        let time = SigningTime(date)
        let days = time.seconds / 86_400
        // 1 January 1970 was a Thursday.
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((days % 7) + 7) % 7]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let text = Array(time.description.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        let month = months[(Int(part(4..<6)) ?? 1) - 1]
        return "\(weekday), \(part(6..<8)) \(month) \(part(0..<4)) "
            + "\(part(9..<11)):\(part(11..<13)):\(part(13..<15)) GMT"
    }
}
