using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cms.Client.Editorial;

/// <summary>Reads and writes a value of an open set of words: what is unknown is kept as it came.</summary>
internal abstract class WordConverter<T>(Func<string, T> make, Func<T, string> word) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        make(Words.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(word(value));
}

internal sealed class ArticleStatusConverter() : WordConverter<ArticleStatus>(w => new(w), s => s.Value);

internal sealed class EditActConverter() : WordConverter<EditAct>(w => new(w), a => a.Value);

internal sealed class ScheduledActConverter() : WordConverter<ScheduledAct>(w => new(w), a => a.Value);

internal sealed class BlockChangeKindConverter() : WordConverter<BlockChangeKind>(w => new(w), k => k.Value);

internal sealed class PartChangeConverter() : WordConverter<PartChange>(w => new(w), c => c.Value);

internal sealed class PieceChangeConverter() : WordConverter<PieceChange>(w => new(w), c => c.Value);

internal sealed class AuditOutcomeConverter() : WordConverter<AuditOutcome>(w => new(w), o => o.Value);

internal sealed class RoleConverter() : WordConverter<Role>(w => new(w), r => r.Value);

internal sealed class ActorKindConverter() : WordConverter<ActorKind>(w => new(w), k => k.Value);

internal sealed class WithdrawalReasonConverter()
    : WordConverter<WithdrawalReason>(w => new(w), r => r.Value);

internal sealed class ReleaseStatusConverter() : WordConverter<ReleaseStatus>(w => new(w), s => s.Value);

internal sealed class ReleaseActConverter() : WordConverter<ReleaseAct>(w => new(w), a => a.Value);
