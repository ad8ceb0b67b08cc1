import AccessAnalyzerAPI

extension OperationCase {
    static let accessAnalyzer: [OperationCase] = [
        OperationCase(
            service: AccessAnalyzer.service, name: "ValidatePolicy",
            input: [
                "policyDocument":
                    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Fly","Resource":"*"}]}"#,
                "policyType": "IDENTITY_POLICY",
            ],
            asks: [Asked("access-analyzer:ValidatePolicy", "*")],
            refusals: [
                Refused("ValidationException", ["policyType": "MAGIC"]),
                Refused("ValidationException", ["locale": "DE"]),
                Refused("ValidationException", ["maxResults": 0]),
                Refused("ValidationException", ["nextToken": "AAAA"]),
                Refused("ValidationException", ["validatePolicyResourceType": "AWS::S3::Bucket"]),
            ], isReadOnly: true)
    ]
}
