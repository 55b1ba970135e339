using System.Net;
using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Cms.Platform.Http.Problems;

namespace Cms.Images.Storage;

/// <summary>Files in a bucket of S3: <c>prefix/ab/cd/abcd…</c>. Large ones go in parts.</summary>
internal sealed class S3Store : FileStore, IDisposable
{
    private const int PartBytes = 8 * 1024 * 1024;
    private const int Retries = 4;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly S3Location _location;
    private readonly AmazonS3Client _client;

    public S3Store(S3Location location, S3Settings settings)
    {
        _location = location;
        var config = new AmazonS3Config
        {
            ForcePathStyle = settings.PathStyle,
            MaxErrorRetry = Retries,
            RetryMode = RequestRetryMode.Standard,
            Timeout = TimeSpan.FromSeconds(60),
            // The name is a checksum already; and not every server that speaks S3 knows the newer ones.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (settings.Endpoint is { } endpoint)
            (config.ServiceURL, config.AuthenticationRegion) = (endpoint.AbsoluteUri, settings.Region);
        else
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(settings.Region);
        _client = settings.AccessKey is null
            ? new AmazonS3Client(config)
            : new AmazonS3Client(new BasicAWSCredentials(settings.AccessKey, settings.SecretKey), config);
    }

    public override string Place => _location.ToString();

    /// <summary>A put, and the end of one in parts, makes the whole file appear at once.</summary>
    public override async Task WriteAsync(string sha256, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        if (await FindLengthAsync(sha256, ct) == bytes.Length)
            return;
        var file = bytes.ToArray();
        await TryAsync(() =>
            file.Length > PartBytes ? PutInPartsAsync(sha256, file, ct) : PutAsync(sha256, file, ct)
        );
    }

    // Not in chunks that are signed one by one: some servers store their signatures with the file.
    private async Task<bool> PutAsync(string sha256, byte[] file, CancellationToken ct)
    {
        using var content = new MemoryStream(file, writable: false);
        await _client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = _location.Bucket,
                Key = KeyOf(sha256),
                InputStream = content,
                ContentType = "application/octet-stream",
                UseChunkEncoding = false,
            },
            ct
        );
        return true;
    }

    private async Task<bool> PutInPartsAsync(string sha256, byte[] file, CancellationToken ct)
    {
        var (bucket, key) = (_location.Bucket, KeyOf(sha256));
        var upload = await _client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest
            {
                BucketName = bucket,
                Key = key,
                ContentType = "application/octet-stream",
            },
            ct
        );
        try
        {
            var parts = new List<PartETag>();
            for (var at = 0; at < file.Length; at += PartBytes)
            {
                using var content = new MemoryStream(
                    file,
                    at,
                    Math.Min(PartBytes, file.Length - at),
                    writable: false
                );
                var part = await _client.UploadPartAsync(
                    new UploadPartRequest
                    {
                        BucketName = bucket,
                        Key = key,
                        UploadId = upload.UploadId,
                        PartNumber = parts.Count + 1,
                        InputStream = content,
                        PartSize = content.Length,
                        UseChunkEncoding = false,
                    },
                    ct
                );
                parts.Add(new PartETag(parts.Count + 1, part.ETag));
            }
            await _client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = bucket,
                    Key = key,
                    UploadId = upload.UploadId,
                    PartETags = parts,
                },
                ct
            );
            return true;
        }
        catch
        {
            await AbandonAsync(key, upload.UploadId);
            throw;
        }
    }

    private async Task AbandonAsync(string key, string upload)
    {
        try
        {
            await _client.AbortMultipartUploadAsync(_location.Bucket, key, upload, CancellationToken.None);
        }
        catch (Exception e)
            when (e is AmazonClientException or AmazonServiceException or HttpRequestException)
        {
            // Its parts are removed later (RemoveLeftoversAsync).
        }
    }

    public override async Task<Stream?> OpenReadAsync(string sha256, CancellationToken ct) =>
        await FindLengthAsync(sha256, ct) is { } length
            ? new S3Stream(length, (from, token) => GetAsync(sha256, from, length, token))
            : null;

    public override Task DeleteAsync(string sha256, CancellationToken ct) =>
        TryAsync(() => _client.DeleteObjectAsync(_location.Bucket, KeyOf(sha256), ct));

    public override async IAsyncEnumerable<StoredFile> ListAsync(
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        string? next = null;
        do
        {
            var request = new ListObjectsV2Request
            {
                BucketName = _location.Bucket,
                Prefix = _location.Prefix.Length == 0 ? null : _location.Prefix + "/",
                ContinuationToken = next,
            };
            var page = await TryAsync(() => _client.ListObjectsV2Async(request, ct));
            foreach (var file in page.S3Objects ?? [])
            {
                var name = file.Key[(file.Key.LastIndexOf('/') + 1)..];
                if (name.Length == HashLength)
                    yield return new(
                        name,
                        file.Size ?? 0,
                        new DateTimeOffset((file.LastModified ?? DateTime.MinValue).ToUniversalTime())
                    );
            }
            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        } while (next is not null);
    }

    /// <summary>Parts of files whose last part never came cost money, and are seen by nobody.</summary>
    public override async Task<int> RemoveLeftoversAsync(DateTimeOffset before, CancellationToken ct)
    {
        try
        {
            var uploads = await _client.ListMultipartUploadsAsync(
                new ListMultipartUploadsRequest
                {
                    BucketName = _location.Bucket,
                    Prefix = _location.Prefix.Length == 0 ? null : _location.Prefix + "/",
                },
                ct
            );
            var old = (uploads.MultipartUploads ?? [])
                .Where(u => (u.Initiated ?? DateTime.MaxValue) < before.UtcDateTime)
                .ToList();
            foreach (var upload in old)
                await _client.AbortMultipartUploadAsync(_location.Bucket, upload.Key, upload.UploadId, ct);
            return old.Count;
        }
        catch (AmazonServiceException)
        {
            // Not every server lists them; a rule of the bucket may remove them instead.
            return 0;
        }
    }

    public void Dispose() => _client.Dispose();

    private string KeyOf(string sha256) =>
        _location.Prefix.Length == 0 ? RelativePath(sha256) : $"{_location.Prefix}/{RelativePath(sha256)}";

    private async Task<long?> FindLengthAsync(string sha256, CancellationToken ct)
    {
        var key = KeyOf(sha256);
        return await TryAsync(async () =>
        {
            try
            {
                return (long?)(await _client.GetObjectMetadataAsync(_location.Bucket, key, ct)).ContentLength;
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        });
    }

    private Task<Stream> GetAsync(string sha256, long from, long length, CancellationToken ct) =>
        TryAsync(async () =>
            (
                await _client.GetObjectAsync(
                    new GetObjectRequest
                    {
                        BucketName = _location.Bucket,
                        Key = KeyOf(sha256),
                        ByteRange = from == 0 ? null : new ByteRange(from, length - 1),
                    },
                    ct
                )
            ).ResponseStream
        );

    /// <exception cref="Refused">503: S3 cannot be reached, or refuses.</exception>
    private async Task<T> TryAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e)
            when (e is AmazonClientException or AmazonServiceException or HttpRequestException)
        {
            throw new Refused(
                ProblemKinds.Unavailable,
                $"The store of image files ({_location}) does not answer as it should: {e.Message}"
            )
            {
                RetryAfter = RetryAfter,
            };
        }
    }
}
