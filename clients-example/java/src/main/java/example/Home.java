package example;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.ClientAuthorizationException;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.authentication.OAuth2AuthenticationToken;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;

/** The one page: who is signed in, and how sure that is. */
@Controller
class Home {
    private final OAuth2AuthorizedClientManager tokens;

    Home(OAuth2AuthorizedClientManager tokens) {
        this.tokens = tokens;
    }

    @GetMapping("/")
    String home(@AuthenticationPrincipal OidcUser person, OAuth2AuthenticationToken signedIn, Model page) {
        if (person != null) {
            page.addAttribute("person", person);
            page.addAttribute("accessToken", authorized(signedIn).getAccessToken());
        }
        return "home";
    }

    /** Holds an access token that is good for another minute: the manager refreshes the one that is not. */
    private OAuth2AuthorizedClient authorized(OAuth2AuthenticationToken signedIn) {
        return tokens.authorize(OAuth2AuthorizeRequest
                .withClientRegistrationId(signedIn.getAuthorizedClientRegistrationId())
                .principal(signedIn)
                .build());
    }

    /** No token was to be had: the sign-in at the provider is over, and with it the one here. */
    @ExceptionHandler(ClientAuthorizationException.class)
    String signedOut(HttpServletRequest request) throws ServletException {
        request.logout();
        return "redirect:/";
    }
}
