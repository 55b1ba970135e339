namespace Cms.Tests;
