using Cms.Platform.Http.Requests;

namespace Cms.Tests.Platform;

public sealed class PercentEncodingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("?q=caf%C3%A9&x=a+b%20c", "")]
    [InlineData("?q=%F0%9F%98%80%25", "")]
    [InlineData("?q=50%", "q")]
    [InlineData("?q=%zz&a=%+1", "q,a")]
    [InlineData("?q=%E", "q")]
    [InlineData("?q=%FF", "q")]
    [InlineData("?q=a&tag=%C3&tag=%C3", "tag")]
    [InlineData("?q=%ED%A0%80", "q")]
    [InlineData("?q=%C0%AF", "q")]
    [InlineData("?%zz=1", "%zz")]
    public void Parameters_that_cannot_be_decoded_are_named(string query, string names) =>
        Assert.Equal(names, string.Join(',', PercentEncoding.FaultyParameters(query)));
}
