public import Door
public import Storage

/// Systems Manager: of its operations those of Parameter Store.
public enum SSMService {
    /// All operations.
    public static func operations(_ cipher: ParameterCipher, _ store: Store) -> [AnyOperation] {
        let reading = ParameterReading(cipher: cipher)
        return [
            .prepared(PutParameter(cipher: cipher)), .worked(GetParameter(reading: reading)),
            .worked(GetParameters(reading: reading)), .worked(GetParametersByPath(reading: reading, store: store)),
            .worked(GetParameterHistory(reading: reading)), .query(DescribeParameters()),
            .change(DeleteParameter()), .change(DeleteParameters()), .change(LabelParameterVersion()),
            .change(UnlabelParameterVersion()), .change(AddTagsToResource()), .change(RemoveTagsFromResource()),
            .query(ListTagsForResource()),
        ]
    }
}
