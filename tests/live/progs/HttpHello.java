// SPDX-License-Identifier: BSD-2-Clause
// The JDK's own HTTP server, with a pool of threads: HttpHello ADDRESS PORT
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

public class HttpHello {
    public static void main(String[] words) throws Exception {
        byte[] hello = "hello\n".getBytes();
        HttpServer server = HttpServer.create(new InetSocketAddress(words[0], Integer.parseInt(words[1])), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, hello.length);
            exchange.getResponseBody().write(hello);
            exchange.close();
        });
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.start();
    }
}
