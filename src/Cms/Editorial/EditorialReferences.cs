using Cms.Access;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Bodies;
using Cms.Editorial.Authors;
using Cms.Editorial.Notes;
using Cms.Editorial.Releases;
using Cms.Editorial.Schedules;
using Cms.Editorial.Sections;
using Cms.Platform.Http.Requests;
using Cms.Publishing.Bodies;

namespace Cms.Editorial;

/// <summary>Finds broken references in new things that have other faults: see <see cref="IReferenceCheck"/>.</summary>
internal static class EditorialReferences
{
    public static void AddEditorialReferences(this IServiceCollection services)
    {
        services.AddReferenceCheck<ArticleInput>(
            (search, article, ct) =>
            {
                ArticleWriter.RefuseTimes(article, search.At, search.Faults);
                return References.ResolveAsync(
                    search.Transaction,
                    article,
                    SentBody.Readable((BodyResult?)search.Prepared, search.Faults),
                    new(search.Context.Caller(), Article: null, Known: []),
                    search.Faults,
                    search.At,
                    ct
                );
            },
            // Bodies are parsed before the request takes an admission place.
            async (context, article, ct) =>
                await context.RequestServices.GetRequiredService<BodyParsing>().ParseAsync(article.Body, ct)
        );
        services.AddReferenceCheck<ReleaseInput>(
            (search, release, ct) =>
            {
                Scheduling.FindPast(search.Faults, search.At, ("/at", release.At));
                return ReleaseWriter.ResolveAsync(
                    search.Transaction,
                    release,
                    known: [],
                    search.Context.Caller(),
                    search.Faults,
                    ct
                );
            }
        );
        services.AddReferenceCheck<SectionInput>(
            (search, section, ct) =>
                SectionWriter.FindFaultsAsync(search.Transaction, section, search.Faults, ct)
        );
        services.AddReferenceCheck<NoteInput>(
            (search, note, ct) => NoteWriter.FindFaultsAsync(search.Transaction, note, search.Faults, ct)
        );
        services.AddReferenceCheck<ReplyInput>(
            (search, reply, ct) => NoteWriter.FindFaultsAsync(search.Transaction, reply, search.Faults, ct)
        );
        services.AddReferenceCheck<AuthorInput>(
            (search, author, ct) =>
                AuthorWriter.FindFaultsAsync(
                    search.Transaction,
                    author,
                    search.Context.Caller(),
                    search.Faults,
                    ct
                )
        );
    }
}
