import ServiceKit
import Vocabulary

extension SSMService {
    /// Whether the caller may start a session of this document on this node.
    ///
    /// A document that is named is always asked for. Where none is named, AWS asks for the node alone, unless
    /// the policy makes its allow depend on `ssm:SessionDocumentAccessCheck`: then the preferences document
    /// has to be allowed as well. So the node is asked for without the check first, and with it if that fails.
    /// See https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-sessiondocumentaccesscheck.html
    func authorizeStart(
        _ target: String,
        _ node: NodeRecord?,
        _ documentName: String?,
        _ document: DocumentRecord?,
        _ context: OperationContext
    ) async throws {
        let arn = targetARN(target, context.scope)
        context.audit.touched(arn)
        let onTarget = { (isChecked: Bool) in
            AuthorizationRequest(
                "ssm:StartSession",
                on: arn.description,
                conditionValues: (node?.tags.resourceConditions ?? [:])
                    .merging(Self.accessCheck(isChecked)) { _, check in check }
            )
        }
        let name = documentName ?? DocumentName.preferences
        let onDocument = AuthorizationRequest(
            "ssm:StartSession",
            on: context.scope.documentARN(name).description,
            conditionValues: (document?.tags.resourceConditions ?? [:])
                .merging(Self.accessCheck(true)) { _, check in check }
        )
        if documentName != nil {
            context.audit.touched(context.scope.documentARN(name))
            try await authorizer.authorize(onTarget(true), in: context)
            try await authorizer.authorize(onDocument, in: context)
            return
        }
        do {
            try await authorizer.authorize(onTarget(false), in: context)
        } catch let refusal as ServiceFault where refusal.code.hasPrefix("AccessDenied") {
            do {
                try await authorizer.authorize(onTarget(true), in: context)
            } catch {
                // The check makes no difference: the first answer is the plainer one.
                throw refusal
            }
            try await authorizer.authorize(onDocument, in: context)
        }
    }

    private static func accessCheck(_ isChecked: Bool) -> [String: [String]] {
        ["ssm:SessionDocumentAccessCheck": [isChecked ? "true" : "false"]]
    }

    /// The ARN by which policies name a target; an EC2 instance's for what looks like one.
    private func targetARN(_ target: String, _ scope: Scope) -> ARN {
        guard target.hasPrefix("i-") else { return scope.nodeARN(target) }
        return scope.arn(service: "ec2", resource: "instance/\(target)")
    }
}
