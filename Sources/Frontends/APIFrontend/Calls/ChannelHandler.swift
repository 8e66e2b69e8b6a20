import AWSWire
import FoundationEssentials
import Logging
import ServiceKit
import SigV4
import Vocabulary

/// Checks who asks for a control or data channel, and hands it to the gateway.
///
/// These are the REST calls and websocket paths of `ssmmessages`: `/v1/control-channel/ID` and
/// `/v1/data-channel/ID`.
struct ChannelHandler: Sendable {
    static let service = "ssmmessages"

    let authenticator: Authenticator
    let recorder: CallRecorder
    let clock: any WallClock
    let entropy: any Entropy
    let metrics: Metrics
    let logger: Logger
    let post: GatewayDoor.ChannelPost

    /// Answers a `POST` that asks for a channel's token.
    func answer(_ request: IncomingRequest, _ channel: ChannelPath) async -> Answer {
        let started = ContinuousClock.now
        let answer: Answer
        switch await admit(request, as: "Create\(channel.kind.rawValue)", isSignatureNeeded: true) {
        case .refused(let refusal): answer = refusal
        case .accepted(let context, let body):
            guard let context else { return .text(500, "") }
            let reply = await post(channel.path, body, context)
            answer = await finish(
                context,
                Answer(
                    status: reply.status,
                    contentType: reply.contentType,
                    body: Array(reply.body.utf8),
                    requestID: context.requestID
                )
            )
        }
        metrics.countCall(
            service: Self.service,
            operation: "Create\(channel.kind.rawValue)",
            status: answer.status,
            duration: ContinuousClock.now - started
        )
        return answer
    }

    enum Admission: Sendable {
        case accepted(OperationContext?, body: [UInt8])
        case refused(Answer)
    }

    /// Whether a websocket may be opened: an unsigned one may, since its first message carries a token.
    func admitWebSocket(_ request: IncomingRequest, _ channel: ChannelPath) async -> Admission {
        let admission = await admit(
            request,
            as: "Open\(channel.kind.rawValue)",
            isSignatureNeeded: false
        )
        guard case .accepted(let context?, _) = admission else { return admission }
        do {
            try await recorder.finish(context, fault: nil)
            return admission
        } catch {
            return .refused(refusal(error, context))
        }
    }

    private func admit(
        _ request: IncomingRequest,
        as operation: String,
        isSignatureNeeded: Bool
    ) async -> Admission {
        let (requestID, now) = (entropy.uuid(), clock.now())
        var claim: UnverifiedSignature?
        do {
            claim = try UnverifiedSignature(in: request.head)
            if claim == nil, !isSignatureNeeded { return .accepted(nil, body: request.body) }
            let caller = try await authenticator.authenticate(
                request,
                claim: claim,
                as: .signed,
                service: Self.service,
                host: nil,
                now: now
            )
            let context = context(of: caller, operation, request, requestID, now)
            return .accepted(context, body: caller.body)
        } catch {
            let nobody = authenticator.nobody(claim: claim, host: nil)
            let context = context(of: nobody, operation, request, requestID, now)
            return .refused(await finish(context, refusal(error, context)))
        }
    }

    /// The answer, when its audit record is written; else the fault of that.
    private func finish(_ context: OperationContext, _ answer: Answer) async -> Answer {
        do {
            let fault =
                answer.status < 400
                ? nil
                : FaultBody.parse(json: answer.body, status: answer.status)
            try await recorder.finish(context, fault: fault)
            return answer
        } catch {
            return refusal(error, context)
        }
    }

    private func refusal(_ error: any Error, _ context: OperationContext) -> Answer {
        let fault: ServiceFault
        switch error {
        case let error as SignatureError: fault = error.fault
        case let error as ServiceFault: fault = error
        default:
            fault = ServiceFault(answering: error)
            logger.error(
                "channel request failed",
                metadata: [
                    "request": .string(context.requestID),
                    "operation": .string(context.operation),
                    "error": .string(String(describing: error)),
                ]
            )
        }
        // A websocket client sees the status before anything else: what is no 4xx of its own is 403 here.
        let status = fault.status == 400 ? 403 : fault.status
        return AnswerForm.json.answer(
            ServiceFault(fault.code, fault.message, status: status),
            requestID: context.requestID
        )
    }

    private func context(
        of caller: Authenticated,
        _ operation: String,
        _ request: IncomingRequest,
        _ requestID: String,
        _ now: Date
    ) -> OperationContext {
        request.context(
            of: caller,
            operation: "\(Self.service):\(operation)",
            requestID: requestID,
            now: now
        )
    }
}

/// The path of a channel, its percent-escapes undone.
struct ChannelPath: Equatable, Sendable {
    enum Kind: String, Sendable {
        case control = "ControlChannel"
        case data = "DataChannel"
    }

    let kind: Kind
    let path: String

    init?(_ path: String) {
        let decoded = String(decoding: URIEncoding.decode(path, plusIsSpace: false), as: UTF8.self)
        let parts = decoded.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].isEmpty, parts[1] == "v1", !parts[3].isEmpty else {
            return nil
        }
        switch parts[2] {
        case "control-channel": kind = .control
        case "data-channel": kind = .data
        default: return nil
        }
        self.path = decoded
    }
}
