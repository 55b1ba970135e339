using Cms.Platform;

namespace Cms.Images.Storage;

/// <summary>How S3 is reached: that of Amazon, or any server that speaks it.</summary>
internal sealed record S3Settings
{
    /// <summary>Null: Amazon's, by the region.</summary>
    public Uri? Endpoint { get; init; }

    public string Region { get; init; } = "us-east-1";

    /// <summary>Null: what the AWS SDK finds in the environment, its files, or the machine's role.</summary>
    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    /// <summary>The bucket is in the path of addresses, not in the name of the host.</summary>
    public bool PathStyle { get; init; }
}

/// <summary>A place in S3, such as <c>s3://pictures/originals</c>.</summary>
internal sealed record S3Location(string Bucket, string Prefix)
{
    public const string Scheme = "s3://";

    public override string ToString() => Prefix.Length == 0 ? Scheme + Bucket : $"{Scheme}{Bucket}/{Prefix}";

    /// <exception cref="SettingException">It is none.</exception>
    public static S3Location Parse(string name, string text)
    {
        var parts = text.StartsWith(Scheme, StringComparison.Ordinal)
            ? text[Scheme.Length..].Trim('/').Split('/', 2)
            : [];
        return parts is [{ Length: > 0 } bucket, ..] && !text.AsSpan().ContainsAny(" \\?#")
            ? new(bucket, parts.Length == 2 ? parts[1] : "")
            : throw new SettingException(
                $"{name} is '{text}', which is no place in S3. Use one such as s3://bucket/originals."
            );
    }
}
