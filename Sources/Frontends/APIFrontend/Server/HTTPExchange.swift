import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import SigV4
import Vocabulary

/// Between Hummingbird's requests and responses and ours.
struct HTTPExchange: Sendable {
    let doorman: Doorman
    let isSecureTransport: Bool

    /// Reads a request whole, has it answered and writes the answer.
    @concurrent func respond(
        _ request: Request,
        _ writer: consuming ResponseWriter,
        _ channel: any Channel
    ) async throws {
        let fields = request.headers
        let statedLength = fields[.contentLength].flatMap { Int($0) } ?? 0
        guard statedLength <= Limits.requestBodyBytes else {
            try await refuseBody(writer)
            return
        }
        if fields[.expect]?.lowercased() == "100-continue" {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: Limits.requestBodyBytes)
        } catch is NIOTooManyBytesError {
            try await refuseBody(writer)
            return
        }
        let incoming = IncomingRequest(
            head: SignableRequest(request.head),
            body: Array(buffer.readableBytesView),
            sourceAddress: channel.remoteAddress?.ipAddress,
            isSecureTransport: isSecureTransport
        )
        let answer = await doorman.answer(incoming)
        // A second request with an upgrade header stops NIO's decoder, so that nothing may follow it.
        let isLast = fields[.upgrade] != nil || fields[.connection]?.lowercased() == "close"
        let head = HTTPResponse(answer, isLast: isLast)
        if request.method == .head {
            try await writer.writeResponse(head)
        } else {
            try await writer.write(
                response: head,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
            )
        }
    }

    /// The rest of the body is read past by Hummingbird, within `Limits.requestArrival`.
    @concurrent private func refuseBody(_ writer: consuming ResponseWriter) async throws {
        doorman.metrics.bodyRefused()
        let body = "The request's body is larger than \(Limits.requestBodyBytes) bytes.\n"
        let answer = Answer.text(413, body)
        try await writer.write(
            response: HTTPResponse(answer, isLast: true),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        )
    }
}

extension SignableRequest {
    init(_ head: HTTPRequest) {
        let target = head.path ?? "/"
        let end = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        var headers: [HeaderField] = []
        headers.reserveCapacity(head.headerFields.count + 1)
        // Hummingbird keeps the host apart from the other headers, as HTTP/2 does.
        if let host = head.authority { headers.append(HeaderField("host", host)) }
        for field in head.headerFields {
            headers.append(HeaderField(field.name.canonicalName, field.value))
        }
        self.init(
            method: head.method.rawValue,
            path: String(target[..<end]),
            query: end < target.endIndex ? String(target[target.utf8.index(after: end)...]) : "",
            headers: headers
        )
    }

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

extension HTTPResponse {
    init(_ answer: Answer, isLast: Bool) {
        var fields = HTTPFields()
        fields.reserveCapacity(6)
        fields[.contentType] = answer.contentType
        fields[.contentLength] = String(answer.body.count)
        fields[.date] = HTTPDate.text(of: Date())
        if let requestID = answer.requestID { fields[.requestID] = requestID }
        if let errorType = answer.errorType { fields[.errorType] = errorType }
        if isLast { fields[.connection] = "close" }
        self.init(status: HTTPResponse.Status(code: answer.status), headerFields: fields)
    }
}

extension HTTPField.Name {
    fileprivate static let requestID = made("x-amzn-RequestId")
    fileprivate static let errorType = made("x-amzn-ErrorType")

    private static func made(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else {
            preconditionFailure("\(name) is no header name")
        }
        return name
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
