import IAMAPI

extension OperationCase {
    static let records: [OperationCase] = [
        OperationCase(
            service: IAM.service, name: "GetAccountAuthorizationDetails", input: [:],
            asks: [Asked("iam:GetAccountAuthorizationDetails", "*")],
            refusals: [.badMarker, .noItems, Refused("ValidationError", ["Filter": ["Nobody"]])], pagesBy: "Arn")
    ]
}
