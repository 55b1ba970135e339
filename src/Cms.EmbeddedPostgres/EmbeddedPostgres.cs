namespace Cms.EmbeddedPostgres;
