minutos = int(input()) % 1440
print(f"{minutos // 60}:{minutos % 60}")
