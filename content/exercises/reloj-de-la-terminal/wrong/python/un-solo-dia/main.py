minutos = int(input())
if minutos > 1440:
    minutos = minutos - 1440
print(f"{minutos // 60:02d}:{minutos % 60:02d}")
