import Encoding
import FoundationEssentials
import Logging
import ServiceKit
import SessionWire
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
            answer = await run(body, channel, context)
        }
        metrics.countCall(
            service: Self.service,
            operation: "Create\(channel.kind.rawValue)",
            status: answer.status,
            duration: ContinuousClock.now - started
        )
        return answer
    }

    /// Runs the call of a known caller.
    private func run(
        _ body: [UInt8],
        _ channel: ChannelPath,
        _ context: OperationContext
    ) async -> Answer {
        let answer: Answer
        do {
            let reply = try await post(channel.path, body, context)
            answer = Answer(
                status: reply.status,
                contentType: reply.contentType,
                body: Array(reply.body.utf8),
                requestID: context.requestID
            )
        } catch {
            return await refuse(fault(of: error, context), context)
        }
        do {
            try await recorder.finish(context, fault: nil)
            return answer
        } catch {
            return word(fault(of: error, context), context)
        }
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
            return .refused(word(fault(of: error, context), context))
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
            let fault = fault(of: error, context)
            // A caller sees the status before anything else: who is not let in is told 403 here, not 400.
            let refusal = ServiceFault(
                fault.code,
                fault.message,
                status: fault.status == 400 ? 403 : fault.status
            )
            return .refused(await refuse(refusal, context))
        }
    }

    /// Words a fault once it is recorded; if it cannot be, that is what is told.
    private func refuse(_ fault: ServiceFault, _ context: OperationContext) async -> Answer {
        do {
            try await recorder.finish(context, fault: fault)
            return word(fault, context)
        } catch {
            return word(self.fault(of: error, context), context)
        }
    }

    private func fault(of error: any Error, _ context: OperationContext) -> ServiceFault {
        switch error {
        case let error as SignatureError: return error.fault
        case let error as ServiceFault: return error
        default:
            logger.error(
                "channel request failed",
                metadata: [
                    "request": .string(context.requestID),
                    "operation": .string(context.operation),
                    "error": .string(String(describing: error)),
                ]
            )
            return ServiceFault(answering: error)
        }
    }

    /// `<Code><message>…</message></Code>`: the code is AWS's name and fit to be an element, the message is any text.
    ///
    /// The agent looks for `<AccessDeniedException>`, and stops trying when that holds `Session is already terminated`.
    private func word(_ fault: ServiceFault, _ context: OperationContext) -> Answer {
        let message = XMLText.escaped(fault.message)
        return Answer(
            status: fault.status,
            contentType: CreateChannelResponse.contentType,
            body: Array("<\(fault.code)><message>\(message)</message></\(fault.code)>".utf8),
            requestID: context.requestID,
            errorType: fault.code
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
        let decoded = String(decoding: Percent.lenientBytes(of: path.utf8), as: UTF8.self)
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
